// Make the words of a renewal as the page does. Arguments: the directory of modules, facts as JSON.

import { join } from "node:path";

const [statics, given] = process.argv.slice(2);
const load = (path) => import(join(statics, path));
const { areSame, isAsShown, wordsOf } = await load("consent/renewal.js");
const { sign } = await load("consent/typed_data.js");
const { fromHex } = await load("portal/bytes.js");

const { shown, driver, nonce, private_key, asked, other } = JSON.parse(given);
const words = wordsOf(shown, driver, nonce);
const key = fromHex(private_key);
const answer = {
  words,
  signatures: { renew: sign(key, words.renew), revoke: sign(key, words.revoke) },
  takes_what_was_shown: isAsShown(asked, words),
  takes_another: other.map((one) => isAsShown(one, words)),
  knows_the_terms: areSame(shown),
  knows_what_it_saw: areSame(shown, shown.terms_digest),
  takes_other_terms: areSame({ ...shown, terms: { ...shown.terms, rho_micro_max: 1 } }),
  takes_unseen_terms: areSame(shown, `0x${"00".repeat(32)}`),
};
process.stdout.write(JSON.stringify(answer));
