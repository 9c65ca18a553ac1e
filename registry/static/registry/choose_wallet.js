// Asks which of the wallets in this browser is meant; one alone is not asked about.

import { found } from "../portal/wallets.js";

const dialog = document.getElementById("choose-wallet");

// Resolves to a provider (EIP-1193), or to null when the reader closes the dialog.
export async function chosenWallet() {
  const wallets = await found();
  if (wallets.length === 1) return wallets[0].provider;
  return new Promise((resolve) => {
    const leave = (provider) => {
      dialog.onclose = null;
      dialog.close();
      resolve(provider);
    };
    const rows = wallets.map(({ name, provider }) => row(name, () => leave(provider)));
    dialog.querySelector("ul").replaceChildren(...rows);
    dialog.querySelector("[data-none]").hidden = wallets.length > 0;
    dialog.querySelector("[data-close]").onclick = () => leave(null);
    dialog.onclose = () => leave(null);
    dialog.showModal();
  });
}

function row(name, act) {
  const button = Object.assign(document.createElement("button"), {
    type: "button",
    className: "button",
    textContent: name,
    onclick: act,
  });
  const item = document.createElement("li");
  item.append(button);
  return item;
}
