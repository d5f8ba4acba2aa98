/**
 * Reads YAML with exact integers. A YAML parser rounds integers beyond 2^53, so two identifiers would become one. Long
 * integers are marked in the text, which makes them strings, and become bigints after parsing.
 */

/** Long integers as plain scalars. A tag or the header of a block scalar in front makes them something else. */
const PLAIN_INTEGER =
  /(?<=^|[\s,{[:-])(?<!(?:![^\s]*[ \t]+|[|>][-+\d]*[ \t]*\n\s*))-?\d{16,}(?=[ \t]*(?:$|[,\]}\r]|:\s|[ \t]#))/gm;

/** Parses a text with `parse`. Plain integers beyond 2^53 become bigints. */
export function parseWithLongIntegers(text: string, parse: (text: string) => unknown): unknown {
  if (!/\d{16}/.test(text)) return parse(text);
  const mark = findUnusedCharacter(text);
  let count = 0;
  const marked = text.replace(PLAIN_INTEGER, (digits) => {
    count += 1;
    return `${mark}${digits}`;
  });
  return count === 0 ? parse(text) : unmark(parse(marked), mark, new Map());
}

function findUnusedCharacter(text: string): string {
  let code = 0xe000;
  while (text.includes(String.fromCharCode(code))) code += 1;
  return String.fromCharCode(code);
}

/** Replaces marked integers by numbers and removes the mark from other texts. Keeps the sharing of YAML aliases. */
function unmark(value: unknown, mark: string, seen: Map<object, unknown>): unknown {
  if (typeof value === "string") return unmarkText(value, mark);
  if (typeof value !== "object" || value === null) return value;
  const known = seen.get(value);
  if (known !== undefined) return known;
  if (Array.isArray(value)) {
    seen.set(value, value);
    for (const [index, item] of value.entries()) value[index] = unmark(item, mark, seen);
    return value;
  }
  const entries = Object.entries(value).map(
    ([key, inner]) => [key.replaceAll(mark, ""), unmark(inner, mark, seen)] as const,
  );
  const result = Object.fromEntries(entries);
  seen.set(value, result);
  return result;
}

function unmarkText(text: string, mark: string): unknown {
  if (!text.includes(mark)) return text;
  const plain = text.replaceAll(mark, "");
  if (plain.length !== text.length - 1 || !/^-?\d+$/.test(plain) || !text.startsWith(mark)) return plain;
  const value = Number(plain);
  return Number.isSafeInteger(value) ? value : BigInt(plain);
}
