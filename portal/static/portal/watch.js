// Parts of a page that wait for a change: <div data-watch="url" data-while="signed revoking">.
// When the state is another one, the page is drawn anew.

import { get } from "./http.js";

const FIRST_MS = 1000;
const SLOWEST_MS = 10000;

for (const part of document.querySelectorAll("[data-watch]")) watch(part, FIRST_MS);

function watch(part, wait_ms) {
  setTimeout(async () => {
    const body = await get(part.dataset.watch).catch(() => null);
    const isStill = !body || part.dataset.while.split(" ").includes(body.state);
    if (isStill) watch(part, Math.min(SLOWEST_MS, wait_ms * 1.3));
    else location.reload();
  }, wait_ms);
}
