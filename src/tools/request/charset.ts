/** Encodes text in the charset that a media type declares. */

/** Returns the `charset` of the parameters of a media type, in lower case; undefined when there is none. */
export function readCharset(parameters: string | undefined): string | undefined {
  return /(?:^|[;\s])charset\s*=\s*"?([^\s;"]+)/i.exec(parameters ?? "")?.[1]?.toLowerCase();
}

/** Checks whether `encodeText` knows a charset. */
export function isKnownCharset(charset: string): boolean {
  return encodeText("", charset) !== undefined;
}

/** Encodes a text. UTF-8 text stays a string. Returns undefined when the charset lacks a character of it, or is unknown. */
export function encodeText(text: string, charset: string): string | Uint8Array | undefined {
  if (/^utf-?8$/.test(charset)) return text;
  if (charset === "us-ascii" || charset === "ascii") return /^[\0-\x7f]*$/.test(text) ? text : undefined;
  if (charset === "iso-8859-1" || charset === "latin1")
    return /^[\0-\xff]*$/.test(text) ? Buffer.from(text, "latin1") : undefined;
  if (charset === "utf-16le") return Buffer.from(text, "utf16le");
  if (charset === "utf-16be") return Buffer.from(text, "utf16le").swap16();
  // RFC 2781, section 4.3: big-endian, with a byte order mark.
  if (charset === "utf-16") return Buffer.from(`\ufeff${text}`, "utf16le").swap16();
  return encodeWithTable(text, charset);
}

/** Decodes what {@link encodeText} has encoded. Returns undefined when the bytes are no text of the charset. */
export function decodeText(bytes: Uint8Array, charset: string): string | undefined {
  if (charset === "iso-8859-1" || charset === "latin1") return Buffer.from(bytes).toString("latin1");
  const decoder = createDecoder(charset === "utf-16" ? "utf-16be" : charset);
  return decoder && tryDecode(decoder, bytes);
}

function encodeWithTable(text: string, charset: string): Uint8Array | undefined {
  const table = getTable(charset);
  if (!table) return undefined;
  const bytes: number[] = [];
  for (const character of text) {
    const encoded = table.get(character);
    if (!encoded) return undefined;
    for (const byte of encoded) bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}

type Table = ReadonlyMap<string, readonly number[]>;

const tables = new Map<string, Table | undefined>();

/** Returns the characters of a charset with their bytes, of which there are at most two. The runtime only decodes. */
function getTable(charset: string): Table | undefined {
  if (!tables.has(charset)) tables.set(charset, createTable(charset));
  return tables.get(charset);
}

function createTable(charset: string): Table | undefined {
  const decoder = createDecoder(charset);
  // Stateful charsets and UTF-16 do not encode ASCII as itself, byte by byte.
  if (!decoder || decoder.encoding.startsWith("utf-") || decoder.encoding === "iso-2022-jp") return undefined;
  const table = new Map<string, readonly number[]>();
  const add = (...bytes: number[]) => {
    const text = tryDecode(decoder, bytes);
    if (text !== undefined && [...text].length === 1 && !table.has(text)) table.set(text, bytes);
  };
  for (let byte = 0; byte < 256; byte++) add(byte);
  for (let lead = 0x81; lead < 0xff; lead++)
    if (tryDecode(decoder, [lead]) === undefined)
      for (let trail = 0x40; trail < 0xff; trail++) add(lead, trail);
  return table;
}

function createDecoder(charset: string) {
  try {
    // The label comes from a document. The runtime throws for an unknown one.
    return new TextDecoder(charset as ConstructorParameters<typeof TextDecoder>[0], { fatal: true });
  } catch {
    return undefined;
  }
}

function tryDecode(decoder: TextDecoder, bytes: Iterable<number>): string | undefined {
  try {
    return decoder.decode(bytes instanceof Uint8Array ? bytes : Uint8Array.from(bytes));
  } catch {
    return undefined;
  }
}
