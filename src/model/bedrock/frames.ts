/** Reads the frames of application/vnd.amazon.eventstream. */
import { crc32 } from "node:zlib";

/** One message of an event stream. `kind` is its `:event-type` or `:exception-type`. */
export interface Frame {
  readonly type: "event" | "exception" | "error";
  readonly kind: string;
  readonly payload: Uint8Array;
}

/** Thrown when the bytes are not an event stream, or are damaged. */
export class FrameError extends Error {
  override readonly name = "FrameError";
}

/** The maximum frame length. The service's frames are far smaller; a greater length means damage. */
const MAX_FRAME_BYTES = 16 * 1024 * 1024;
const PRELUDE_BYTES = 12;
const LETTER_M = 0x6d;
/** The second letter of `event`, not of `error` or `exception`. */
const LETTER_V = 0x76;
const decoder = new TextDecoder();

/** Splits chunks of bytes into frames and verifies both checksums of each. Buffers at most one incomplete frame. */
export class FrameReader {
  #rest: Uint8Array = new Uint8Array(0);
  #damage: unknown;

  /** Returns the frames that this chunk completes, those before a damaged one too. @throws FrameError, then at the next call */
  read(chunk: Uint8Array): readonly Frame[] {
    this.throwDamage();
    const frames: Frame[] = [];
    try {
      this.#read(chunk, frames);
    } catch (error) {
      if (frames.length === 0) throw error;
      this.#damage = error;
    }
    return frames;
  }

  /** @throws FrameError when the frames after those that were read are damaged. */
  throwDamage(): void {
    if (this.#damage !== undefined) throw this.#damage;
  }

  #read(chunk: Uint8Array, frames: Frame[]): void {
    const bytes = this.#rest.length === 0 ? chunk : concat(this.#rest, chunk);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let at = 0;
    while (bytes.length - at >= PRELUDE_BYTES) {
      const length = view.getUint32(at);
      const headerLength = view.getUint32(at + 4);
      // Verified before the length is used.
      verifyChecksum(bytes, view, at, 8);
      if (length > MAX_FRAME_BYTES || length < headerLength + 16)
        throw new FrameError(`Invalid event length: ${length} bytes with ${headerLength} bytes of headers.`);
      if (bytes.length - at < length) break;
      verifyChecksum(bytes, view, at, length - 4);
      const payloadAt = at + PRELUDE_BYTES + headerLength;
      frames.push(parseFrame(bytes, view, at + PRELUDE_BYTES, payloadAt, at + length - 4));
      at += length;
    }
    this.#rest = at === bytes.length ? EMPTY : bytes.slice(at);
  }

  /** @throws FrameError when the stream ended inside a frame. */
  end(): void {
    this.throwDamage();
    if (this.#rest.length > 0) throw new FrameError("The stream ended in the middle of an event.");
  }
}

const EMPTY = new Uint8Array(0);

function verifyChecksum(bytes: Uint8Array, view: DataView, from: number, length: number): void {
  if (crc32(bytes.subarray(from, from + length)) !== view.getUint32(from + length))
    throw new FrameError("The checksum of an event does not match.");
}

function parseFrame(bytes: Uint8Array, view: DataView, from: number, payloadAt: number, end: number): Frame {
  let type: Frame["type"] = "event";
  let kind = "";
  for (let at = from; at < payloadAt; ) {
    const nameLength = bytes[at] ?? 0;
    const valueType = bytes[at + 1 + nameLength];
    // Bedrock sends headers of type string (7) only. Other types have other lengths.
    if (valueType !== 7) throw new FrameError(`Unsupported header type ${valueType}.`);
    const valueAt = at + nameLength + 4;
    if (valueAt > payloadAt) throw new FrameError("The headers of an event exceed their declared length.");
    const valueLength = view.getUint16(at + nameLength + 2);
    const next = valueAt + valueLength;
    if (next > payloadAt) throw new FrameError("The headers of an event exceed their declared length.");
    // Length and first letter identify the names without decoding: :event-type and :error-code, :exception-type, and
    // :message-type, which is as long as :content-type.
    if (nameLength === ":event-type".length || nameLength === ":exception-type".length) {
      kind = decodeKind(bytes, valueAt, next);
    } else if (
      nameLength === ":message-type".length &&
      bytes[at + 2] === LETTER_M &&
      bytes[valueAt + 1] !== LETTER_V
    ) {
      type = decoder.decode(bytes.subarray(valueAt, next)) === "exception" ? "exception" : "error";
    }
    at = next;
  }
  return { type, kind, payload: bytes.subarray(payloadAt, end) };
}

/** The kind of nearly every frame. Comparing it is cheaper than decoding it, which costs as much as a checksum. */
const COMMON_KIND = "contentBlockDelta";
const COMMON_KIND_CODES = [...COMMON_KIND].map((letter) => letter.charCodeAt(0));

function decodeKind(bytes: Uint8Array, from: number, to: number): string {
  const isCommon =
    to - from === COMMON_KIND_CODES.length &&
    COMMON_KIND_CODES.every((letter, index) => bytes[from + index] === letter);
  return isCommon ? COMMON_KIND : decoder.decode(bytes.subarray(from, to));
}

function concat(first: Uint8Array, second: Uint8Array): Uint8Array {
  const joined = new Uint8Array(first.length + second.length);
  joined.set(first);
  joined.set(second, first.length);
  return joined;
}
