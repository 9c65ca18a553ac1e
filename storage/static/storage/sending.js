// Sends ciphertext in parts and goes on where the server is. tus keeps nothing in this browser.

import { Problem, ask, baseHeaders, get } from "../portal/http.js";
import { Upload } from "../vendor/tus.js";

const PART_BYTES = 4 * 1024 * 1024;
const PATIENCE = [0, 1000, 3000, 10_000, 20_000];

// Returns the upload as the server has it; announces it, again too when the server forgot it.
export async function announced(entry) {
  try {
    return await get(`/api/v1/uploads/${entry.id}`);
  } catch (error) {
    if (error.status !== 404) throw error;
  }
  const { id, vehicle, size_bytes, sha256, builder_key_id, wrapped_keys } = entry;
  const body = { id, vehicle_id: vehicle, envelope_version: 1, size_bytes, sha256, builder_key_id, wrapped_keys };
  return (await ask("POST", "/api/v1/uploads", body)).body;
}

// Sends what is missing. Returns {done: a promise, stop()}; stopped, the promise is false.
export function send(url, blob, onProgress) {
  let stop = null;
  const done = new Promise((resolve, reject) => {
    const upload = new Upload(blob, {
      uploadUrl: url,
      chunkSize: PART_BYTES,
      retryDelays: PATIENCE,
      storeFingerprintForResuming: false,
      onBeforeRequest: (request) => {
        for (const [name, value] of Object.entries(baseHeaders())) request.setHeader(name, value);
      },
      onProgress,
      onError: (error) => reject(problemIn(error)),
      onSuccess: () => resolve(true),
    });
    stop = () => {
      upload.abort();
      resolve(false);
    };
    upload.start();
  });
  return { done, stop };
}

function problemIn(error) {
  const answer = error.originalResponse;
  try {
    return new Problem(JSON.parse(answer.getBody()), answer.getStatus());
  } catch {
    return new Problem({ code: "offline", detail: gettext("The connection was lost. What was sent is kept: go on when you are online.") }, 0);
  }
}
