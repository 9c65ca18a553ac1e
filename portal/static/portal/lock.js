// The Lock button in the header: there whenever the vault is unlocked in this tab.

import { isUndone, leaveNothing } from "./leaving.js";
import { lock, onNews, tidy, unlockedUntil } from "./tab.js";

const button = document.getElementById("lock");
let timer;

if (isUndone()) await leaveNothing();
if (document.body.dataset.role === "visitor" || (!unlockedUntil() && sessionStorage.length)) await tidy();

draw();
onNews((news) => {
  draw();
  if (news === "left") location.assign("/");
});
button?.addEventListener("click", lock);

function draw() {
  const until = unlockedUntil();
  if (button) button.hidden = !until;
  clearTimeout(timer);
  if (until) timer = setTimeout(tidyUp, until - Date.now() + 50);
}

async function tidyUp() {
  await tidy();
  draw();
}
