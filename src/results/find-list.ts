/** Finds the list that an API response holds. */
import { isObject } from "./exact-integers.ts";

/** The list of a response: the response itself, or a list in its envelope. */
export interface FoundList {
  /** The path of the list, such as `data.items`. Empty when the response is the list. */
  readonly path: string;
  readonly list: readonly unknown[];
}

/** The names under which envelopes hold their list. */
const LIST_NAMES =
  /^(data|items?|results?|records|entries|values?|rows|content|contents|elements|objects|resources|list|hits|docs|nodes|edges|_embedded)$/i;

export function findList(value: unknown, maxDepth = 2): FoundList | undefined {
  if (Array.isArray(value)) return { path: "", list: value };
  if (!isObject(value)) return undefined;
  const entries = Object.entries(value);
  const lists = entries.filter((entry): entry is [string, unknown[]] => Array.isArray(entry[1]));
  const named = lists.find(([key]) => LIST_NAMES.test(key));
  const only = lists.length === 1 ? lists[0] : undefined;
  const found = named ?? only ?? findLongestRecordList(lists);
  if (found) return { path: found[0], list: found[1] };
  if (maxDepth === 0) return undefined;
  for (const [key, inner] of entries) {
    const nested = LIST_NAMES.test(key) ? findList(inner, maxDepth - 1) : undefined;
    if (nested) return { path: [key, nested.path].filter(Boolean).join("."), list: nested.list };
  }
  return undefined;
}

function findLongestRecordList(lists: readonly [string, unknown[]][]): [string, unknown[]] | undefined {
  return lists
    .filter(([, list]) => isObject(list[0]))
    .toSorted(([, one], [, other]) => other.length - one.length)[0];
}
