// Figures and refusals of the upload page in words: the fact, the limit, and what to do.

const language = () => document.documentElement.lang;
const UNITS = [
  ["GB", 1e9],
  ["MB", 1e6],
  ["kB", 1e3],
];

export function size(bytes) {
  const [unit, of] = UNITS.find(([, least]) => bytes >= least) ?? UNITS.at(-1);
  return `${new Intl.NumberFormat(language(), { maximumFractionDigits: 1 }).format(bytes / of)} ${unit}`;
}

export const count = (number) => number.toLocaleString(language());

export const day = (at) => new Date(at).toLocaleDateString(language());

export const percent = (done, total) => (total ? Math.floor((100 * done) / total) : 0);

export const say = (text, facts) => interpolate(text, facts, true);

export class Refusal extends Error {
  constructor(code, text) {
    super(text);
    this.code = code;
  }
}

export const empty = () => new Refusal("empty", gettext("This file is empty. Export it again."));

export const tooLarge = (bytes, most) =>
  new Refusal("too_large", say(gettext("This file has %(size)s; one file may have %(most)s. Split it, by year for example."), { size: size(bytes), most: size(most) }));

export const tooLargeHere = (bytes, most) =>
  new Refusal(
    "too_large_here",
    say(gettext("This file has %(size)s. This browser, or its private window, keeps no files of its own, and in memory %(most)s is the limit. Use an ordinary window or another browser."), { size: size(bytes), most: size(most) }),
  );

export const noRoom = (needed, free) =>
  new Refusal(
    "no_room",
    say(gettext("Sealing needs %(needed)s of free space in this browser; %(free)s are free. Free some space on this device, or hand in a smaller file, and try again."), { needed: size(needed), free: size(free) }),
  );

const SENTENCES = {
  NotReadableError: () => gettext("The file was changed or moved after you chose it. Choose it again."),
  NotFoundError: () => gettext("The file was changed or moved after you chose it. Choose it again."),
  QuotaExceededError: () => gettext("This browser ran out of space while it sealed. Free some space on this device and try again."),
  row_too_long: () => gettext("A row of this file has no end within a megabyte, so nothing can be cut from it safely. Export it again."),
  unknown_builder_key: () => gettext("The builder's key has changed since this was sealed. Throw this away and choose the file again."),
  lost: () => gettext("The sealed file is no longer in this browser. Throw this away and choose the file again."),
  failed: () => gettext("This device could not finish. Try another browser or device."),
};

export const sentenceOf = (error) => SENTENCES[error.code]?.() || error.message || SENTENCES.failed();
