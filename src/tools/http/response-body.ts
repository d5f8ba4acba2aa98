/** Reads the body of an API response as text or as a file. */
import { parseFileName } from "./content-disposition.ts";

/** Text for the model, or a file for the user. `name` is the file name that the API sent. */
export type ResponseBody =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "file"; readonly mediaType: string; readonly name: string | undefined };

/** Reads a body. Text is unchanged. The content type is trusted only when the bytes match it. */
export function readResponseBody(body: Uint8Array, headers: Readonly<Record<string, string>>): ResponseBody {
  if (body.length === 0) return { type: "text", text: "" };
  const [type = "", ...parameters] = (headers["content-type"] ?? "").split(";").map((part) => part.trim());
  const mediaType = type.toLowerCase();
  if (!BINARY_TYPE.test(mediaType) || isJson(body)) {
    const charset = parameters
      .find((parameter) => /^charset=/i.test(parameter))
      ?.slice("charset=".length)
      .replace(/"/g, "");
    const text = decode(body, charset, TEXT_TYPE.test(mediaType));
    if (text !== undefined)
      return { type: "text", text: SEQUENCE_TYPE.test(mediaType) ? listOnlyRecord(text) : text };
  }
  return {
    type: "file",
    mediaType: mediaType || "application/octet-stream",
    name: parseFileName(headers["content-disposition"]),
  };
}

const SEQUENCE_TYPE = /[/+]((x-)?(ndjson|jsonl|jsonlines|json-lines)|stream\+json|json-seq)$/;

/** Returns the only record of JSON lines, or of a JSON text sequence, as a list. Other texts are unchanged. */
function listOnlyRecord(text: string): string {
  const record = text.replaceAll("\x1e", "").trim();
  if (!record.startsWith("{")) return text;
  try {
    JSON.parse(record);
    return `[${record}]`;
  } catch {
    return text;
  }
}

const TEXT_TYPE =
  /^text\/|[/+](json|xml|yaml|csv|javascript|json-seq|(x-)?(ndjson|jsonl|jsonlines|json-lines)|x-yaml|graphql|x-www-form-urlencoded)$/;
const BINARY_TYPE =
  /^(image\/(?!svg\+xml)|audio\/|video\/|font\/|application\/(zip|gzip|pdf|x-tar|wasm|vnd\.ms-|msword))/;

/** Checks for JSON under a binary content type, as APIs send for errors. */
function isJson(body: Uint8Array): boolean {
  const encoding = readByteOrderMark(body) ?? detectUtf16(body) ?? "utf-8";
  const start = tryDecode(body.subarray(0, 100), encoding, false) ?? "";
  if (!/^\s*[[{]/.test(start)) return false;
  try {
    JSON.parse(createDecoder(encoding, true).decode(body));
    return true;
  } catch {
    return false;
  }
}

/** Decodes text; returns undefined for binary content. Declared text is decoded leniently. */
function decode(body: Uint8Array, charset: string | undefined, isDeclaredText: boolean): string | undefined {
  const isText = isDeclaredText || isJson(body);
  const utf16 = readByteOrderMark(body) ?? (isText ? detectUtf16(body) : undefined);
  const strict = tryDecode(body, utf16 ?? charset ?? readXmlEncoding(body), true);
  if (strict !== undefined) return isDeclaredText || !hasControlCharacters(strict) ? strict : undefined;
  if (!isDeclaredText) return undefined;
  // Half a character may be at the end of a body that is not whole.
  const lenient = tryDecode(body, utf16 ?? "utf-8", false);
  return lenient === undefined || hasControlCharacters(lenient) ? undefined : lenient;
}

function readByteOrderMark([first, second]: Uint8Array): "utf-16be" | "utf-16le" | undefined {
  if (first === 0xff && second === 0xfe) return "utf-16le";
  return first === 0xfe && second === 0xff ? "utf-16be" : undefined;
}

/**
 * Recognizes UTF-16 by the zero beside the first character, which is ASCII in JSON and XML. A charset is often wrong, or says no order.
 * More zeros are UTF-32, or no text.
 */
function detectUtf16([first, second, third, fourth]: Uint8Array): "utf-16be" | "utf-16le" | undefined {
  const isAscii = (byte = 0) => byte > 0 && byte < 0x80;
  if (first === 0 && isAscii(second)) return "utf-16be";
  const hasMoreZeros = third === 0 && fourth === 0;
  return isAscii(first) && second === 0 && !hasMoreZeros ? "utf-16le" : undefined;
}

/** Returns the encoding that XML names, otherwise UTF-8. */
function readXmlEncoding(body: Uint8Array): string {
  const start = new TextDecoder("latin1").decode(body.subarray(0, 200));
  return /^<\?xml[^>]*\sencoding=["']([\w.:-]+)["']/.exec(start)?.[1] ?? "utf-8";
}

function tryDecode(body: Uint8Array, charset: string, fatal: boolean): string | undefined {
  try {
    return createDecoder(charset, fatal).decode(body);
  } catch {
    return undefined;
  }
}

function createDecoder(charset: string, fatal: boolean) {
  try {
    // The label comes from a header. The runtime throws for an unknown one.
    return new TextDecoder(charset as ConstructorParameters<typeof TextDecoder>[0], { fatal });
  } catch {
    return new TextDecoder("utf-8", { fatal });
  }
}

function hasControlCharacters(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters indicate binary content
  return /[\0-\x08\x0e-\x1a\x1c-\x1f]/.test(text.slice(0, 4096));
}
