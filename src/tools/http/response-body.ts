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
    if (text !== undefined) return { type: "text", text };
  }
  return {
    type: "file",
    mediaType: mediaType || "application/octet-stream",
    name: parseFileName(headers["content-disposition"]),
  };
}

const TEXT_TYPE =
  /^text\/|[/+](json|xml|yaml|csv|javascript|json-seq|(x-)?(ndjson|jsonl|jsonlines|json-lines)|x-yaml|graphql|x-www-form-urlencoded)$/;
const BINARY_TYPE =
  /^(image\/(?!svg\+xml)|audio\/|video\/|font\/|application\/(zip|gzip|pdf|x-tar|wasm|vnd\.ms-|msword))/;

/** Checks for JSON under a binary content type, as APIs send for errors. */
function isJson(body: Uint8Array): boolean {
  const [first] = body;
  if (first !== 0x7b && first !== 0x5b) return false;
  try {
    JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
    return true;
  } catch {
    return false;
  }
}

/** Decodes text; returns undefined for binary content. Declared text is decoded leniently. */
function decode(body: Uint8Array, charset: string | undefined, isDeclaredText: boolean): string | undefined {
  const encoding = readByteOrderMark(body) ?? charset ?? (isDeclaredText ? guessEncoding(body) : "utf-8");
  const strict = tryDecode(body, encoding, true);
  if (strict !== undefined) return isDeclaredText || !hasControlCharacters(strict) ? strict : undefined;
  if (!isDeclaredText) return undefined;
  const lenient = tryDecode(body, "utf-8", false);
  return lenient === undefined || hasControlCharacters(lenient) ? undefined : lenient;
}

function readByteOrderMark([first, second]: Uint8Array): string | undefined {
  if (first === 0xff && second === 0xfe) return "utf-16le";
  return first === 0xfe && second === 0xff ? "utf-16be" : undefined;
}

/** Returns the encoding of text without a charset: the one that XML names, and UTF-16 when every other byte is zero. */
function guessEncoding(body: Uint8Array): string {
  const zeros = body
    .subarray(0, 4)
    .join()
    .replace(/[1-9]\d*/g, "1");
  if (zeros === "0,1,0,1") return "utf-16be";
  if (zeros === "1,0,1,0") return "utf-16le";
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
