/** Finds keys that an object has twice. Parsers keep the last one, and the other disappears. */
import { parseDocument } from "yaml";

/** Longest JSON text, in UTF-16 units, that is checked. Checking takes longer than parsing, and larger texts are generated. */
const MAX_CHECKED_JSON = 4_000_000;

/** Keys below this depth are values of examples and deep schemas. */
const MAX_DEPTH = 9;
const MAX_KEYS = 10;

/** Returns the keys that occur twice in an object of a JSON text. The text is valid. */
export function findDuplicateJsonKeys(text: string): readonly string[] {
  if (text.length > MAX_CHECKED_JSON) return [];
  const duplicates = new Set<string>();
  /** The keys of each open object; undefined for a list or a deep object. */
  const open: (Set<string> | undefined)[] = [];
  let isKey = false;
  for (let index = 0; index < text.length; index += 1) {
    switch (text.charCodeAt(index)) {
      case 0x7b: // {
        open.push(open.length < MAX_DEPTH ? new Set() : undefined);
        isKey = true;
        break;
      case 0x5b: // [
        open.push(undefined);
        isKey = false;
        break;
      case 0x7d: // }
      case 0x5d: // ]
        open.pop();
        isKey = false;
        break;
      case 0x2c: // ,
        isKey = open.at(-1) !== undefined;
        break;
      case 0x22: {
        const end = findEndOfText(text, index + 1);
        const keys = isKey ? open.at(-1) : undefined;
        if (keys !== undefined) {
          const key = text.slice(index + 1, end);
          if (keys.has(key)) duplicates.add(key);
          else keys.add(key);
          isKey = false;
        }
        index = end;
      }
    }
  }
  return [...duplicates].slice(0, MAX_KEYS);
}

/** Returns the position of the quote that ends a text. */
function findEndOfText(text: string, start: number): number {
  for (let end = text.indexOf('"', start); ; end = text.indexOf('"', end + 1)) {
    if (end < 0) return text.length;
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === 0x5c) backslashes += 1;
    if (backslashes % 2 === 0) return end;
  }
}

/** Longest YAML text, in UTF-16 units, that is checked by the exact parser, which is slow. */
const MAX_CHECKED_YAML = 2_000_000;

/** Returns the keys that occur twice in a mapping of a YAML text. A quick look decides whether the exact parser reads it. */
export function findDuplicateYamlKeys(text: string): readonly string[] {
  if (!mayRepeatKeys(text) || text.length > MAX_CHECKED_YAML) return [];
  const { errors } = parseDocument(text, { prettyErrors: false, logLevel: "silent" });
  const keys = errors
    .filter(({ code }) => code === "DUPLICATE_KEY")
    .map(({ pos: [start] }) => /^["']?(.*?)["']?\s*:(\s|$)/.exec(text.slice(start, start + 200))?.[1] ?? "");
  return [...new Set(keys.filter((key) => key !== ""))].slice(0, MAX_KEYS);
}

/** Looks for a key that stands twice with the same indentation and no smaller one between, or in the braces of a line. */
function mayRepeatKeys(text: string): boolean {
  const open: { readonly indent: number; readonly keys: Set<string> }[] = [];
  for (const line of text.split("\n")) {
    if (line.includes("{") && repeatsKeyInBraces(line)) return true;
    const match = /^((?:\s|- )*)(?!- )(["']?[^\s#"'{[][^"'#]*?["']?)\s*:(?:\s|$)/.exec(line);
    const indent = match?.[1]?.length ?? line.search(/\S/);
    if (indent < 0) continue;
    while ((open.at(-1)?.indent ?? -1) > indent) open.pop();
    const [, lead = "", key = ""] = match ?? [];
    if (key === "") continue;
    // An entry of a list begins a mapping of its own.
    if (lead.includes("-") && open.at(-1)?.indent === indent) open.pop();
    if (open.at(-1)?.indent !== indent) open.push({ indent, keys: new Set() });
    const keys = open.at(-1)?.keys;
    if (keys?.has(key)) return true;
    keys?.add(key);
  }
  return false;
}

function repeatsKeyInBraces(line: string): boolean {
  const open: Set<string>[] = [];
  for (const [mark, key] of line.matchAll(/[{}]|["']?([\w$.-]+)["']?\s*:(?=\s)/g)) {
    if (mark === "{") open.push(new Set());
    else if (mark === "}") open.pop();
    else if (key !== undefined) {
      if (open.at(-1)?.has(key)) return true;
      open.at(-1)?.add(key);
    }
  }
  return false;
}
