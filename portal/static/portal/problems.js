// Shows a refusal to a person: a summary that takes the focus, and a line at each field.

const SENTENCES = {
  wrong_key: () => gettext("That passphrase does not open this vault. Check Caps Lock, or use your recovery sheet."),
  bad_words: () => gettext("These are not the 24 words of a recovery sheet."),
  not_a_challenge: () => gettext("The server sent something that is not what your words are asked for. Stop here and tell us."),
  failed: () => gettext("This device could not finish. Try another browser or device."),
};

export const sentenceOf = (error) => SENTENCES[error.code]?.() ?? error.message;

export function clear(root = document) {
  for (const box of root.querySelectorAll(".error-summary")) box.hidden = true;
  for (const line of root.querySelectorAll(".field-error")) line.hidden = true;
  for (const input of root.querySelectorAll("[aria-invalid]")) input.removeAttribute("aria-invalid");
}

// box: the summary to fill; form: where the fields are.
export function show(error, { box = document.getElementById("problem"), form } = {}) {
  const list = document.createElement("ul");
  for (const field of error.fields ?? []) {
    const input = inputOf(form, field.pointer);
    if (input) list.append(lineFor(input, field.detail));
    else if (field.detail) list.append(plainLine(`${field.pointer} ${field.detail}`));
  }
  const head = document.createElement("h2");
  head.textContent = gettext("There is a problem");
  const text = document.createElement("p");
  text.textContent = sentenceOf(error);
  box.replaceChildren(head, text, list);
  if (!list.children.length) list.remove();
  box.hidden = false;
  box.focus();
}

function inputOf(form, pointer = "") {
  const name = pointer.split("/").filter((part) => part && part !== "#").at(-1);
  const found = name && form ? form.elements.namedItem(name) : null;
  return found instanceof RadioNodeList ? found[0] : found;
}

const plainLine = (text) => Object.assign(document.createElement("li"), { textContent: text });

function lineFor(input, detail) {
  const line = document.getElementById(`${input.id}-error`);
  input.setAttribute?.("aria-invalid", "true");
  if (line) {
    line.textContent = detail;
    line.hidden = false;
    input.setAttribute("aria-describedby", `${input.id}-hint ${line.id}`);
  }
  const link = document.createElement("a");
  link.href = `#${input.id}`;
  link.textContent = detail;
  const item = document.createElement("li");
  item.append(link);
  return item;
}
