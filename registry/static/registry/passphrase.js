// Five random words, drawn in the browser.

import { wordlist } from "../vendor/@scure/bip39/wordlists/english.js";

const WORDS = 5; // 55 bits, behind Argon2id

export function madeUp() {
  // 2048 words divide the range of 16 bits evenly: no word is likelier than another.
  const draws = crypto.getRandomValues(new Uint16Array(WORDS));
  return Array.from(draws, (draw) => wordlist[draw % wordlist.length]).join("-");
}
