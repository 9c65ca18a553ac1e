import base64
import shutil
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from protocol import envelope, recovery, typed_data, vault
from protocol.vector_inputs import CONTEXT, PASSPHRASE, plaintext
from tests.protocol import vectors
from tests.protocol.static import lay_out

pytestmark = pytest.mark.e2e

POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'"
)
WATCH = """
window.violations = [];
addEventListener("securitypolicyviolation", (event) => violations.push(event.violatedDirective));
"""
ENROL = """async (passphrase) => {
  const vault = await import("/registry/vault_in_worker.js");
  const { toHex } = await import("/portal/bytes.js");
  const { boxPublicKey } = await import("/portal/keys.js");
  const made = await vault.create(passphrase);
  const { sealKey } = await vault.prove(passphrase, made.vault.kdf);
  const seed = await vault.openVault(made.vault, sealKey);
  const refusal = await vault.openVault(made.vault, new Uint8Array(32)).catch((error) => error);
  return {
    vault: made.vault, seed: toHex(seed), box: toHex(boxPublicKey(seed)), code: refusal.code,
  };
}"""
SEAL = """async ({ size, context, publicKey }) => {
  const { fromHex, toHex } = await import("/portal/bytes.js");
  const worker = new Worker("/storage/seal_worker.js", { type: "module" });
  const plain = Uint8Array.from({ length: size }, (_, index) => index % 251);
  const steps = [];
  const sealed = await new Promise((resolve) => {
    worker.onmessage = ({ data }) => (data.kind === "progress" ? steps.push(data) : resolve(data));
    worker.postMessage({
      file: new File([plain], "trip.csv"), context, recipients: { driver: fromHex(publicKey) },
    });
  });
  const bytes = new Uint8Array(await sealed.blob.arrayBuffer());
  return { ...sealed, hex: toHex(bytes), steps: steps.length, violations };
}"""

CHECK = """async (names) => {
  const read = async (name) => (await fetch(`/vectors/${name}.json`)).json();
  globalThis.twins = { load: (path) => import(`/${path}`), read };
  const { checks, makes } = await import("/checks.mjs");
  const { create } = await import("/registry/vault_in_worker.js");
  const { passphrase } = await read("vault");
  return { checks, made: await makes(await create(passphrase)), violations };
}"""


class Handler(SimpleHTTPRequestHandler):
    extensions_map = {".mjs": "text/javascript", **SimpleHTTPRequestHandler.extensions_map}

    def end_headers(self):
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def page(tmp_path_factory, browser):
    directory = lay_out(tmp_path_factory.mktemp("static"))
    shutil.copytree(vectors.DIRECTORY, directory / "vectors")
    shutil.copy(Path(__file__).with_name("checks.mjs"), directory)
    (directory / "index.html").write_text("<!doctype html><title>Modules</title>")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(directory)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    page = browser.new_page()
    page.add_init_script(WATCH)
    page.goto(f"http://127.0.0.1:{server.server_port}/index.html")
    yield page
    page.close()
    server.shutdown()
    server.server_close()


def test_a_driver_enrols_and_seals_under_the_strict_policy(page):
    enrolled = page.evaluate(ENROL, PASSPHRASE)
    opened = vault.prove(PASSPHRASE, enrolled["vault"]["kdf"])
    seed = vault.open_vault(enrolled["vault"], opened.seal_key)

    sealed = page.evaluate(
        SEAL, {"size": 200_000, "context": CONTEXT, "publicKey": enrolled["box"]}
    )
    context = envelope.Context(**CONTEXT)
    wrapped = base64.b64decode(sealed["wrapped_keys"]["driver"])
    data_key = envelope.unwrap_key(wrapped, vault.box_key(seed), context)

    assert (seed.hex(), enrolled["code"]) == (enrolled["seed"], "wrong_key")
    assert envelope.open_bytes(bytes.fromhex(sealed["hex"]), data_key, context) == plaintext(
        200_000
    )
    assert sealed["steps"] > 0
    assert sealed["violations"] == []


@pytest.fixture(scope="module")
def answer(page):
    return page.evaluate(CHECK)


def test_a_browser_agrees_with_every_vector(answer):
    assert [check for check in answer["checks"] if check["problem"]] == []
    assert len(answer["checks"]) > 100
    assert answer["violations"] == []


def test_python_opens_what_a_browser_made(answer):
    made, sealing, lost = answer["made"], vectors.read("envelope"), vectors.read("recovery")
    context = envelope.Context(**sealing["context"])
    opened = vault.prove(PASSPHRASE, made["vault"]["kdf"])
    seed = bytes.fromhex(vectors.read("vault")["seed"])
    wrapped, challenge = base64.b64decode(made["wrapped"]), base64.b64decode(made["challenge"])
    data_key = envelope.unwrap_key(
        wrapped, bytes.fromhex(sealing["wrapped"]["private_key"]), context
    )

    assert data_key.hex() == sealing["data_key"]
    assert envelope.open_bytes(base64.b64decode(made["sealed"]), data_key, context) == plaintext(
        made["plain_bytes"]
    )
    assert vault.open_vault(made["vault"], opened.seal_key).hex() == made["seed"]
    assert vault.seed_of(made["words"]).hex() == made["seed"]
    assert recovery.open_challenge(challenge, vault.box_key(seed)).hex() == lost["challenge"]
    assert made["recovery_proof"] == lost["proof"]


def test_python_knows_who_signed_in_a_browser(answer):
    signing = vectors.read("typed_data")
    signed = zip(signing["messages"], answer["made"]["signatures"], strict=True)

    assert {typed_data.recover(one["typed"], text) for one, text in signed} == {signing["address"]}
