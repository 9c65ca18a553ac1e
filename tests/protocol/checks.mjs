// The browser modules over the vectors, in Node and in a browser alike.
// Whoever imports this sets globalThis.twins = {load, read}: a module, and a vector file, by name.

const { load, read } = globalThis.twins;

const { concat, fromHex, toHex } = await load("portal/bytes.js");
const { sha256: digestOf } = await load("vendor/@noble/hashes/sha2.js");
const canonical = await load("portal/canonical.js");
const consent = await load("consent/typed_data.js");
const envelope = await load("storage/envelope.js");
const keys = await load("portal/keys.js");
const typedData = await load("portal/typed_data.js");
const recovery = await load("registry/recovery.js");
const vault = await load("registry/vault.js");

export const checks = [];

export async function check(name, act) {
  try {
    await act();
    checks.push({ name, problem: "" });
  } catch (error) {
    checks.push({ name, problem: error.stack });
  }
}

export function same(found, expected) {
  const [one, other] = [JSON.stringify(found), JSON.stringify(expected)];
  if (one !== other) throw new Error(`${one} is not ${other}`);
}

async function refused(code, act) {
  let found = "nothing";
  try {
    await act();
  } catch (error) {
    found = error.code ?? error.stack;
  }
  same(found, code);
}

export const plaintext = (size) => Uint8Array.from({ length: size }, (_, index) => index % 251);
export const sha256 = (bytes) => toHex(digestOf(bytes));

export async function joined(pieces) {
  const parts = [];
  for await (const piece of pieces) parts.push(piece);
  return concat(...parts);
}

// --- canonical JSON -----------------------------------------------------------------------------

const spelled = await read("canonical");
for (const { json, hex } of spelled.good) {
  await check(`canonical ${json}`, () => {
    const bytes = canonical.encode(JSON.parse(json));
    same(toHex(bytes), hex);
    same(canonical.decode(bytes), JSON.parse(new TextDecoder().decode(bytes)));
  });
}
for (const hex of spelled.bad_hex) {
  await check(`canonical refuses ${hex}`, () =>
    refused("not_canonical", () => canonical.decode(fromHex(hex))),
  );
}
const unwritable = [0.5, Number.NaN, 2 ** 53, undefined, { a: [undefined] }, "\ud800"];
for (const value of [...unwritable, plaintext(1)]) {
  await check(`canonical refuses ${String(value)}`, () =>
    refused("not_canonical", () => canonical.encode(value)),
  );
}

// --- envelope -----------------------------------------------------------------------------------

const sealing = await read("envelope");
const dataKey = fromHex(sealing.data_key);
const streamHeader = fromHex(sealing.stream_header);
const sealedOf = (size) =>
  joined(envelope.sealFrom(streamHeader, plaintext(size), dataKey, sealing.context));

await check("envelope context", () =>
  same(toHex(envelope.contextDigest(sealing.context)), sealing.context_digest),
);
for (const object of sealing.objects) {
  await check(`envelope of ${object.plain_bytes} bytes`, async () => {
    const sealed = await sealedOf(object.plain_bytes);
    same(sha256(sealed), object.sha256);
    same(envelope.sealedSize(object.plain_bytes), sealed.length);
    if (object.hex) same(toHex(sealed), object.hex);
    const opened = await envelope.openBytes(sealed, dataKey, sealing.context);
    same(sha256(opened), sha256(plaintext(object.plain_bytes)));
  });
}

function spoiled(whole, change) {
  const end = Math.min(change.keep_bytes ?? whole.length, whole.length - (change.drop_bytes ?? 0));
  const data = whole.slice(0, end);
  if ("flip_byte" in change) data[change.flip_byte] ^= 1;
  if (change.swap_chunks) {
    const [one, other] = change.swap_chunks.map((index) => 34 + index * 65553);
    const held = data.slice(one, one + 65553);
    data.copyWithin(one, other, other + 65553);
    data.set(held, other);
  }
  const more = change.append_self ? whole : fromHex(change.append ?? "");
  return concat(data, more);
}

for (const change of sealing.bad) {
  await check(`envelope refuses: ${change.name}`, async () => {
    const sealed = spoiled(await sealedOf(change.plain_bytes), change);
    const context = change.other_context ? sealing.wrapped.other_context : sealing.context;
    const key = dataKey.slice();
    if (change.flip_key) key[0] ^= 1;
    await refused(change.code, () => envelope.openBytes(sealed, key, context));
  });
}

const { private_key, public_key, hex: wrappedHex, other_context } = sealing.wrapped;
const [wrapped, recipientKey] = [fromHex(wrappedHex), fromHex(private_key)];
await check("envelope opens a wrapped key", () =>
  same(toHex(envelope.unwrapKey(wrapped, recipientKey, sealing.context)), sealing.data_key),
);
await check("envelope refuses a wrapped key of another object", () =>
  refused("wrong_context", () => envelope.unwrapKey(wrapped, recipientKey, other_context)),
);
await check("envelope refuses a wrapped key of somebody else", () =>
  refused("wrong_key", () => envelope.unwrapKey(wrapped, dataKey, sealing.context)),
);

// --- vault and keys -----------------------------------------------------------------------------

const kept = await read("vault");
const seed = fromHex(kept.seed);
for (const spelling of ["passphrase", "same_passphrase"]) {
  await check(`vault opens with ${spelling}`, () => {
    const opened = vault.prove(kept[spelling], kept.vault.kdf);
    same(toHex(opened.sealKey), kept.seal_key);
    same(toHex(opened.signInProof), kept.sign_in_proof);
    same(toHex(vault.openVault(kept.vault, opened.sealKey)), kept.seed);
  });
}
await check("vault is made alike", () => {
  const made = vault.createFrom(kept.passphrase, seed, fromHex(kept.salt), fromHex(kept.nonce));
  same(toHex(canonical.encode(made.vault)), toHex(canonical.encode(kept.vault)));
});
for (const change of kept.weak) {
  await check(`vault refuses ${JSON.stringify(change)}`, () =>
    refused("weak_kdf", () => vault.prove("any", { ...kept.vault.kdf, ...change })),
  );
}
await check("vault refuses another key", () =>
  refused("wrong_key", () => vault.openVault(kept.vault, dataKey)),
);
for (const change of [{ sealed_seed: "AAAA" }, { sealed_seed: 7 }, { kdf: null }, { more: 1 }]) {
  await check(`vault refuses ${JSON.stringify(change)}`, () =>
    refused("bad_vault", () => vault.check({ ...kept.vault, ...change })),
  );
}
await check("vault refuses another version", () =>
  refused("unsupported_version", () => vault.check({ ...kept.vault, version: 2 })),
);
await check("recovery words", () => {
  same(vault.wordsOf(seed), kept.words);
  same(toHex(vault.seedOf(kept.words)), kept.seed);
  same(toHex(vault.seedOf(kept.words.map((word) => word.slice(0, 4).toUpperCase()))), kept.seed);
});
for (const words of ["", "zoo", "abandon ".repeat(24), `${"abandon ".repeat(11)}about`]) {
  await check(`recovery refuses ${words}`, () => refused("bad_words", () => vault.seedOf(words)));
}
await check("keys follow from the seed", () => {
  const key = keys.consentKey(seed, keys.toBytes32(kept.keys.dataset_id));
  same(toHex(keys.boxKey(seed)), kept.keys.box);
  same(toHex(keys.boxPublicKey(seed)), kept.keys.box_public);
  same(toHex(key), kept.keys.consent);
  same(typedData.addressOf(key), kept.keys.consent_address);
  same(toHex(keys.payoutKey(seed)), kept.keys.payout);
});
for (const { uuid, bytes32 } of await read("ids")) {
  await check(`id ${uuid}`, () => same(toHex(keys.toBytes32(uuid)), bytes32));
}
await check("id refuses other text", () => refused("bad_id", () => keys.toBytes32("no id")));

// --- recovery -----------------------------------------------------------------------------------

const lost = await read("recovery");
const lostKey = keys.boxKey(fromHex(lost.seed));
await check("recovery opens a challenge and answers it", () => {
  const challenge = recovery.openChallenge(fromHex(lost.sealed), lostKey);
  same(toHex(challenge), lost.challenge);
  same(toHex(recovery.proveRecovery(challenge, lost.answer)), lost.proof);
});
for (const { name, code, sealed } of lost.refused) {
  await check(`recovery refuses ${name}`, () =>
    refused(code, () => recovery.openChallenge(fromHex(sealed), lostKey)),
  );
}
await check("recovery refuses a data key wrapped just now", () => {
  const own = keys.boxPublicKey(fromHex(lost.seed));
  const key = envelope.wrapKey(plaintext(32), own, sealing.context);
  return refused("not_a_challenge", () => recovery.openChallenge(key, lostKey));
});
for (const change of [{ origin: "https://elsewhere.example" }, { handle: "other_driver" }]) {
  await check(`recovery binds ${Object.keys(change)}`, () => {
    const proof = recovery.proveRecovery(fromHex(lost.challenge), { ...lost.answer, ...change });
    same(toHex(proof) === lost.proof, false);
  });
}
for (const { url, origin } of lost.origins) {
  await check(`origin of ${url}`, () => same(new URL(url).origin, origin));
}
await check("recovery names wrong words by number", () => {
  same(vault.unknownWords(kept.words), []);
  same(vault.unknownWords(["motorway", ...kept.words.slice(1, 23), "zz"]), [1, 24]);
});
await check("a vault is outdated when new ones cost more", () => {
  same(vault.isOutdated(kept.vault.kdf), false);
  same(vault.isOutdated({ ...kept.vault.kdf, ops: vault.NOW_OPS + 1 }), false);
});

// --- typed data and terms -----------------------------------------------------------------------

const signing = await read("typed_data");
const signingKey = fromHex(signing.private_key);
const domains = { Order: "marketDomain", Claim: "marketDomain", Fund: "escrowDomain" };
for (const { typed, digest, signature } of signing.messages) {
  const name = typed.primaryType;
  await check(`typed data ${name}`, () => {
    same(toHex(typedData.digest(typed)), digest);
    same(typedData.sign(signingKey, typed), signature);
    same(typedData.recover(typed, signature), signing.address);
  });
  await check(`typed data ${name} is built alike`, () => {
    const { chainId, verifyingContract, name: contract } = typed.domain;
    const domain =
      name === "Permit"
        ? typedData.tokenDomain(contract, chainId, verifyingContract)
        : typedData[domains[name] ?? "consentDomain"](chainId, verifyingContract);
    const made = typedData[name.toLowerCase()](domain, typed.message);
    same(toHex(canonical.encode(made)), toHex(canonical.encode(typed)));
  });
}
const [{ typed: grant, signature: granted }] = signing.messages;
await check("typed data refuses the high-s form", () =>
  refused("high_s", () => typedData.recover(grant, signing.high_s)),
);
const cut = granted.slice(0, -2);
for (const bad of ["", "0xzz", cut, `${cut}00`, `0x${"00".repeat(64)}1b`]) {
  await check(`typed data refuses ${bad}`, () =>
    refused("bad_signature", () => typedData.recover(grant, bad)),
  );
}
for (const change of [{ nonce: 2n ** 64n }, { nonce: -1 }, { nonce: "x" }, { nonce: 0.5 }]) {
  await check(`typed data refuses nonce ${change.nonce}`, () =>
    refused("bad_typed_data", () =>
      typedData.digest({ ...grant, message: { ...grant.message, ...change } }),
    ),
  );
}
for (const change of [{ dataset: "0x12" }, { driver: "0x12" }]) {
  await check(`typed data refuses ${JSON.stringify(change)}`, () =>
    refused("bad_typed_data", () =>
      consent.grant(grant.domain, { ...grant.message, ...change }),
    ),
  );
}
const agreed = await read("terms");
await check("terms digest", () => same(toHex(consent.termsDigest(agreed.terms)), agreed.digest));
await check("manifest bytes", async () => {
  const { manifest, sha256: expected } = await read("manifest");
  same(sha256(canonical.encode(manifest)), expected);
});
await check("query spec bytes", async () => {
  const { spec, sha256: expected } = await read("query_spec");
  same(sha256(canonical.encode(spec)), expected);
});

export { envelope, fromHex, keys, kept, public_key, sealing, seed };

// What Python is to open, made here.
export async function makes(created) {
  const small = plaintext(100_000);
  const challenge = fromHex(lost.challenge);
  const base64 = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  return {
    data_key: toHex(dataKey),
    sealed: base64(await envelope.sealBytes(small, dataKey, sealing.context)),
    plain_bytes: small.length,
    wrapped: base64(envelope.wrapKey(dataKey, fromHex(public_key), sealing.context)),
    challenge: base64(recovery.sealChallenge(challenge, keys.boxPublicKey(seed))),
    recovery_proof: toHex(recovery.proveRecovery(challenge, lost.answer)),
    signatures: signing.messages.map(({ typed }) => typedData.sign(signingKey, typed)),
    seed: toHex(created.seed),
    vault: created.vault,
    sign_in_proof: toHex(created.signInProof),
    words: vault.wordsOf(created.seed),
  };
}
