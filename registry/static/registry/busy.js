// A button whose work takes a moment, and says so.

// Argon2id without WebAssembly takes seconds; a reader who waits wants to know why.
export const isSlow = typeof WebAssembly === "undefined";

const words = () => (isSlow ? gettext("This takes a little longer here…") : gettext("One moment…"));

export async function busy(button, act, text = words()) {
  const label = button.textContent;
  button.disabled = true;
  button.textContent = isSlow ? words() : text;
  try {
    return await act();
  } finally {
    button.disabled = false;
    button.textContent = label;
  }
}
