// Opens one own upload off the page's thread, so that the page stays alive while it is done.
//
// In:  {sealed: Blob, upload, privateKey}
// Out: {kind: "opened", file: Blob, report: Blob | null} or {kind: "refused", code, detail}

// The handler must stand before anything is awaited: earlier messages would be lost.
self.onmessage = async ({ data }) => {
  try {
    const { openUpload } = await import("./opening.js");
    self.postMessage({ kind: "opened", ...(await openUpload(data.sealed, data.upload, data.privateKey)) });
  } catch (error) {
    self.postMessage({ kind: "refused", code: error.code ?? "failed", detail: error.message });
  } finally {
    data.privateKey.fill(0);
  }
};
