/**
 * Parses the responses of one HTTP/1.1 connection (RFC 9112), however their bytes are divided. Strict: what a proxy could read
 * differently is an error.
 */

export interface ResponseHead {
  readonly status: number;
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface ResponseHandler {
  onHead(head: ResponseHead): void;
  onBody(chunk: Uint8Array): void;
  /** The response is complete. */
  onEnd(): void;
}

/** Thrown for bytes that are not HTTP. The code begins like those of node:http. */
export class HttpSyntaxError extends Error {
  override readonly name = "HttpSyntaxError";
  readonly code = "HPE_INVALID_RESPONSE";
}

const MAX_HEAD_BYTES = 64_000;
/** The size of a chunk with its extensions, and a line of the trailer. */
const MAX_LINE_BYTES = 4000;
const HEAD_START = Buffer.from("HTTP/1.");
const HEAD_END = Buffer.from("\r\n\r\n");
const LINE_END = Buffer.from("\r\n");
const STATUS_LINE = /^HTTP\/1\.([01]) (\d{3})(?: [^\r\n]*)?$/;
const HEADER = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*(.*?)[ \t]*$/;
const EMPTY = Buffer.alloc(0);

/** What the next bytes are: `data` is followed by the end of a chunk, `rest` by the end of the connection. */
type State = "head" | "length" | "size" | "data" | "dataEnd" | "trailer" | "rest";

export class ResponseParser {
  readonly #handler: ResponseHandler;
  #state: State = "head";
  /** Bytes of an incomplete head or line. */
  #held: Buffer = EMPTY;
  /** Bytes of the body or the chunk that are still to come. */
  #left = 0;
  #keepsAlive = true;

  constructor(handler: ResponseHandler) {
    this.#handler = handler;
  }

  /** Returns true when another request may follow the last response. */
  get isReusable(): boolean {
    return this.#keepsAlive && this.#state === "head" && this.#held.length === 0;
  }

  /** @throws HttpSyntaxError */
  push(bytes: Buffer): void {
    let rest = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes]);
    this.#held = EMPTY;
    while (rest.length > 0) {
      const taken = this.#take(rest);
      if (taken === 0) {
        this.#held = rest;
        return;
      }
      rest = rest.subarray(taken);
    }
  }

  /** The connection has ended, which completes a body without a length. */
  end(): void {
    if (this.#state === "rest") this.#finish();
  }

  /** Takes bytes from the beginning. Returns their number, 0 when more are needed. */
  #take(bytes: Buffer): number {
    switch (this.#state) {
      case "head":
        return this.#takeHead(bytes);
      case "length":
      case "data":
        return this.#takeData(bytes);
      case "rest":
        this.#handler.onBody(bytes);
        return bytes.length;
      case "size":
        return this.#takeLine(bytes, (line) => this.#startChunk(line));
      case "dataEnd":
        return this.#takeLine(bytes, (line) => {
          if (line !== "") throw new HttpSyntaxError("A chunk is longer than its size.");
          this.#state = "size";
        });
      case "trailer":
        return this.#takeLine(bytes, (line) => {
          if (line === "") this.#finish();
        });
    }
  }

  #takeHead(bytes: Buffer): number {
    const known = Math.min(bytes.length, HEAD_START.length);
    if (bytes.compare(HEAD_START, 0, known, 0, known) !== 0)
      throw new HttpSyntaxError("The response does not begin with HTTP/1.");
    const at = bytes.indexOf(HEAD_END);
    if ((at < 0 ? bytes.length : at) > MAX_HEAD_BYTES) throw new HttpSyntaxError("The head is too long.");
    if (at < 0) return 0;
    this.#startBody(bytes.toString("latin1", 0, at));
    return at + HEAD_END.length;
  }

  #startBody(head: string): void {
    const [statusLine = "", ...lines] = head.split("\r\n");
    const [, minor, digits] = STATUS_LINE.exec(statusLine) ?? [];
    if (digits === undefined) throw new HttpSyntaxError("The status line is invalid.");
    const status = Number(digits);
    const headers = parseHeaders(lines);
    // An interim response, such as 100 Continue: the final one follows.
    if (status < 200) return;
    const { connection = "", "transfer-encoding": encoding, "content-length": length } = headers;
    this.#keepsAlive = minor === "1" ? !/\bclose\b/i.test(connection) : /\bkeep-alive\b/i.test(connection);
    this.#handler.onHead({ status, headers });
    if (status === 204 || status === 304) this.#finish();
    else if (encoding !== undefined) {
      if (encoding.toLowerCase() !== "chunked" || length !== undefined)
        throw new HttpSyntaxError("The length of the body is ambiguous.");
      this.#state = "size";
    } else if (length === undefined) {
      this.#state = "rest";
      this.#keepsAlive = false;
    } else {
      if (!/^\d{1,15}$/.test(length)) throw new HttpSyntaxError("Content-Length is invalid.");
      this.#left = Number(length);
      this.#state = "length";
      if (this.#left === 0) this.#finish();
    }
  }

  #takeData(bytes: Buffer): number {
    const chunk = bytes.length > this.#left ? bytes.subarray(0, this.#left) : bytes;
    this.#left -= chunk.length;
    this.#handler.onBody(chunk);
    if (this.#left === 0) {
      if (this.#state === "length") this.#finish();
      else this.#state = "dataEnd";
    }
    return chunk.length;
  }

  /** Takes a line and passes it on without its end. */
  #takeLine(bytes: Buffer, onLine: (line: string) => void): number {
    const at = bytes.indexOf(LINE_END);
    if ((at < 0 ? bytes.length : at) > MAX_LINE_BYTES)
      throw new HttpSyntaxError("A line of the body is too long.");
    if (at < 0) return 0;
    onLine(bytes.toString("latin1", 0, at));
    return at + LINE_END.length;
  }

  #startChunk(line: string): void {
    const [, digits] = /^([\da-f]{1,8})[ \t]*(?:;.*)?$/i.exec(line) ?? [];
    if (digits === undefined) throw new HttpSyntaxError("The size of a chunk is invalid.");
    this.#left = Number.parseInt(digits, 16);
    this.#state = this.#left === 0 ? "trailer" : "data";
  }

  #finish(): void {
    this.#state = "head";
    this.#handler.onEnd();
  }
}

/** Returns the headers; several of one name are joined by commas. */
function parseHeaders(lines: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = Object.create(null);
  for (const line of lines) {
    const [, name, value = ""] = HEADER.exec(line) ?? [];
    if (name === undefined || /[\r\n\0]/.test(value)) throw new HttpSyntaxError("A header is invalid.");
    const key = name.toLowerCase();
    headers[key] = headers[key] === undefined ? value : `${headers[key]}, ${value}`;
  }
  return headers;
}
