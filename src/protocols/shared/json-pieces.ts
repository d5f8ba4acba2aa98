/** Divides a long JSON value into short pieces, so that another thread takes it over in short steps. */
import { stringifyJson } from "../../json.ts";

/** A piece, to which a text belongs: members of an object, entries of a list, both as JSON, or one long string. */
export interface JsonPiece {
  /** The path of the object or list. One that is longer than a piece comes empty, in an earlier piece. */
  readonly path: readonly string[];
  /** The member or entry whose value is the text. */
  readonly key?: string;
}

export interface DividedJson {
  readonly pieces: readonly JsonPiece[];
  /** One for each piece. */
  readonly texts: readonly string[];
}

/** Characters of a piece, unless it is one long string. */
const MAX_PIECE = 64_000;
/** Characters of a number, a boolean or null, and those around a value. */
const SHORT_VALUE = 10;

/** Divides `{ value }`. */
export function divideJson(value: unknown): DividedJson {
  const lengths = new Map<object, number>();
  const pieces: JsonPiece[] = [];
  const texts: string[] = [];
  const add = (piece: JsonPiece, text: string) => {
    pieces.push(piece);
    texts.push(text);
  };
  divide({ value }, []);
  return { pieces, texts };

  function divide(container: object, path: readonly string[]): void {
    let members: [string, unknown][] = [];
    let length = 0;
    const flush = () => {
      const part = Array.isArray(container) ? members.map(([, inner]) => inner) : Object.fromEntries(members);
      if (members.length > 0) add({ path }, stringifyJson(part));
      [members, length] = [[], 0];
    };
    for (const [key, inner] of Object.entries(container)) {
      const size = measure(inner, lengths);
      const isLong = size > MAX_PIECE;
      members.push([key, isLong ? emptyLike(inner) : inner]);
      length += key.length + (isLong ? SHORT_VALUE : size);
      if (isLong || length > MAX_PIECE) flush();
      if (isLong && typeof inner === "string") add({ path, key }, inner);
      else if (isLong) divide(inner as object, [...path, key]);
    }
    flush();
  }
}

function emptyLike(value: unknown): unknown {
  if (typeof value === "string") return "";
  return Array.isArray(value) ? [] : {};
}

/** Returns about the characters of a value as JSON. */
function measure(value: unknown, lengths: Map<object, number>): number {
  if (typeof value === "string") return value.length + SHORT_VALUE;
  if (typeof value === "bigint") return value.toString().length;
  if (typeof value !== "object" || value === null) return SHORT_VALUE;
  const known = lengths.get(value);
  if (known !== undefined) return known;
  let length = SHORT_VALUE;
  for (const [key, inner] of Object.entries(value)) length += key.length + measure(inner, lengths);
  lengths.set(value, length);
  return length;
}
