// Asks a worker for one thing. Returns {done: a promise, stop()}.

// kind: the message that answers; what it says of progress goes to onProgress(done, total).
export function work(url, message, kind, onProgress = () => {}) {
  const worker = new Worker(url, { type: "module" });
  let stop = null;
  const done = new Promise((resolve, reject) => {
    stop = () => {
      worker.terminate();
      reject(Object.assign(new Error("stopped"), { code: "stopped" }));
    };
    worker.onerror = () => reject(Object.assign(new Error(""), { code: "failed" }));
    worker.onmessage = ({ data }) => {
      if (data.kind === "progress") onProgress(data.done_bytes, data.total_bytes);
      else if (data.kind === kind) resolve(data);
      else reject(Object.assign(new Error(data.detail ?? ""), data));
    };
    worker.postMessage(message);
  }).finally(() => worker.terminate());
  return { done, stop };
}

export const survey = (file, onProgress) =>
  work(new URL("./survey_worker.js", import.meta.url), { file }, "surveyed", onProgress);

export const seal = (message, onProgress) =>
  work(new URL("./seal_worker.js", import.meta.url), message, "sealed", onProgress);
