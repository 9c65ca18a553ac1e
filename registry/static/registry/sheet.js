// The recovery sheet: 24 words to print or keep as a file, then three of them asked for.

import * as vault from "./vault_in_worker.js";

const ASKED = 3;

// root: an element with [data-words], [data-print], [data-file], [data-check] and its form.
export async function showSheet(root, seed, handle, onKept) {
  const words = await vault.wordsOf(seed);
  root.querySelector("[data-words]").replaceChildren(...words.map(line));
  root.querySelector("[data-print]").onclick = () => print();
  root.querySelector("[data-file]").onclick = () => save(words, handle);
  askFor(root.querySelector("[data-check]"), words, onKept);
}

const line = (word) => Object.assign(document.createElement("li"), { textContent: word });

function save(words, handle) {
  const numbered = words.map((word, index) => `${String(index + 1).padStart(2)} ${word}`);
  const text = [`Odometer / ${handle}`, "", ...numbered, ""].join("\n");
  const url = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  const link = Object.assign(document.createElement("a"), { href: url, download: `odometer-${handle}.txt` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

function askFor(form, words, onKept) {
  const places = chosen(words.length);
  form.querySelectorAll("label").forEach((label, index) => {
    label.textContent = interpolate(gettext("Word %(n)s"), { n: places[index] + 1 }, true);
  });
  form.onsubmit = (event) => {
    event.preventDefault();
    const typed = [...form.querySelectorAll("input")].map((input) => input.value.trim().toLowerCase());
    const isRight = typed.every((text, index) => text && words[places[index]].startsWith(text.slice(0, 4)) && text.length >= Math.min(4, words[places[index]].length));
    form.querySelector(".field-error").hidden = isRight;
    if (isRight) onKept();
  };
}

function chosen(count) {
  const places = new Set();
  while (places.size < ASKED) places.add(crypto.getRandomValues(new Uint8Array(1))[0] % count);
  return [...places].sort((one, other) => one - other);
}
