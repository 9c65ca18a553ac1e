// Signing out, as on a borrowed computer: nothing of ours stays in this browser.

import { forgetDatabases } from "./pins.js";
import { announce } from "./tab.js";

const UNDONE = "leaving"; // what a worker still held open is removed by the next page

export async function leaveNothing() {
  announce("left");
  sessionStorage.clear();
  localStorage.clear();
  const done = await Promise.allSettled([forgetDatabases(), forgetFiles(), forgetCaches()]);
  if (done.some(({ status }) => status === "rejected")) localStorage.setItem(UNDONE, "1");
}

export const isUndone = () => localStorage.getItem(UNDONE) !== null;

async function forgetFiles() {
  const root = await navigator.storage?.getDirectory?.();
  if (!root) return;
  const names = [];
  for await (const name of root.keys()) names.push(name);
  await every(names, (name) => root.removeEntry(name, { recursive: true }));
}

const forgetCaches = async () => every((await globalThis.caches?.keys()) ?? [], (name) => caches.delete(name));

// Tries all of them before it fails.
async function every(names, act) {
  const done = await Promise.allSettled(names.map(act));
  const refused = done.find(({ status }) => status === "rejected");
  if (refused) throw refused.reason;
}
