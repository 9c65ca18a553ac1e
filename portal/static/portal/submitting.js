// A form whose submission takes a while: one at a time, and a refusal is shown at the form.

import { clear, show } from "./problems.js";

export function whenSubmitted(form, act) {
  form?.addEventListener("submit", async (event) => {
    event.preventDefault();
    clear();
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      await act();
    } catch (error) {
      show(error, { form });
    } finally {
      button.disabled = false;
    }
  });
}
