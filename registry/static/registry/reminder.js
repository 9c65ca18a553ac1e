// The dashboard's reminder of the recovery sheet, where this browser saw it put off.

import { pinned } from "../portal/pins.js";

const notice = document.getElementById("sheet-reminder");

if (notice && (await pinned(`sheet ${notice.dataset.driver}`)) === "later") notice.hidden = false;
