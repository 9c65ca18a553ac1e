// The one refusal of the protocol in the browser: a stable code and a sentence.

export class ProtocolError extends Error {
  constructor(code, detail, pointer = "") {
    super(detail);
    this.name = "ProtocolError";
    this.code = code;
    this.pointer = pointer;
  }
}
