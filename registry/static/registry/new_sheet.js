// Settings: show the recovery sheet again, after the vault was opened.

import { get } from "../portal/http.js";
import { pin } from "../portal/pins.js";
import { showSheet } from "./sheet.js";
import { withSeed } from "./unlock.js";

const root = document.getElementById("new-sheet");
const start = document.getElementById("show-sheet");

start.addEventListener("click", () =>
  withSeed({ why: gettext("Unlock to show your recovery words"), act: gettext("Unlock"), isFresh: true }, async (seed) => {
    const driver = await get("/api/v1/drivers/me");
    await showSheet(root, seed, document.body.dataset.handle, async () => {
      await pin(`sheet ${driver.id}`, "kept");
      root.hidden = true;
      document.getElementById("sheet-kept").hidden = false;
    });
    start.hidden = true;
    root.hidden = false;
  }),
);
