/** Encodes the frames of application/vnd.amazon.eventstream. */
import { crc32 } from "node:zlib";
import { stringifyJson } from "../../src/json.ts";

const encoder = new TextEncoder();

/**
 * Encodes one message: total length, header length, their CRC, headers, payload, and the CRC
 * of all of it. Headers are strings (type 7), as Bedrock sends them.
 */
export function encodeFrame(headers: Readonly<Record<string, string>>, payload: Uint8Array): Uint8Array {
  const encoded = Object.entries(headers).map(([name, value]) => encodeHeader(name, value));
  const headerLength = encoded.reduce((sum, header) => sum + header.length, 0);
  const total = 16 + headerLength + payload.length;
  const frame = new Uint8Array(total);
  const view = new DataView(frame.buffer);
  view.setUint32(0, total);
  view.setUint32(4, headerLength);
  view.setUint32(8, crc32(frame.subarray(0, 8)));
  let at = 12;
  for (const header of encoded) {
    frame.set(header, at);
    at += header.length;
  }
  frame.set(payload, at);
  view.setUint32(total - 4, crc32(frame.subarray(0, total - 4)));
  return frame;
}

/** Encodes a ConverseStream event like Bedrock: keys in alphabetical order, and padding in `p`. */
export function eventFrame(type: string, payload: Readonly<Record<string, unknown>>): Uint8Array {
  const padded = { ...payload, p: createPadding(stringifySorted(payload).length) };
  return encodeFrame(
    { ":event-type": type, ":content-type": "application/json", ":message-type": "event" },
    encoder.encode(stringifySorted(padded)),
  );
}

/** Encodes an exception in the stream: a failure after HTTP 200. */
export function exceptionFrame(type: string, payload: Readonly<Record<string, unknown>>): Uint8Array {
  return encodeFrame(
    { ":exception-type": type, ":content-type": "application/json", ":message-type": "exception" },
    encoder.encode(stringifySorted(payload)),
  );
}

function encodeHeader(name: string, value: string): Uint8Array {
  const nameBytes = encoder.encode(name);
  const valueBytes = encoder.encode(value);
  const header = new Uint8Array(nameBytes.length + valueBytes.length + 4);
  header[0] = nameBytes.length;
  header.set(nameBytes, 1);
  header[nameBytes.length + 1] = 7;
  new DataView(header.buffer).setUint16(nameBytes.length + 2, valueBytes.length);
  header.set(valueBytes, nameBytes.length + 4);
  return header;
}

/** Returns 3 to 62 characters, as recorded; the varying length hides the length of the text from observers. */
function createPadding(seed: number): string {
  return "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789".slice(0, 3 + ((seed * 17) % 60));
}

/** Serializes with sorted keys and exact integers. */
export function stringifySorted(value: unknown): string {
  return stringifyJson(sortKeys(value));
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sortKeys(inner)]));
}
