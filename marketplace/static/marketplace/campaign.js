// Follows a campaign: counts its consents, and draws the page anew when it moves on.

import { get } from "../portal/http.js";

const FIRST_MS = 1500;
const SLOWEST_MS = 10000;

for (const part of document.querySelectorAll("[data-campaign]")) follow(part, FIRST_MS);

function follow(part, wait_ms) {
  setTimeout(async () => {
    const { campaign: url, state, fundable } = part.dataset;
    const now = await get(url).catch(() => null);
    if (now && (now.state !== state || `${now.is_fundable}` !== fundable)) return location.reload();
    if (now) count(part, now);
    follow(part, Math.min(SLOWEST_MS, wait_ms * 1.2));
    return undefined;
  }, wait_ms);
}

function count(part, { consents, threshold }) {
  const bar = part.querySelector("progress");
  if (!bar) return;
  bar.value = Math.min(100, (100 * consents) / threshold);
  part.querySelector("[data-count]").textContent = interpolate(
    gettext("%(n)s of %(of)s consents"),
    { n: consents, of: threshold },
    true,
  );
}
