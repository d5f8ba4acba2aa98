/** Shares a pool fairly: the caller that takes the most makes room. */
import { callerFromId } from "./caller.ts";
import type { CallerId, SharedEntry } from "./types.ts";

/**
 * Returns the oldest entry of the caller that has the most in a pool. Callers that are not identified have one share together,
 * in which the session with the most makes room.
 * @param entries oldest first.
 */
export function selectFromLargestShare<Entry extends SharedEntry>(
  entries: Iterable<Entry>,
): Entry | undefined {
  const share = largestGroup([...entries], shareOf);
  const [first] = share;
  return first && shareOf(first) === UNIDENTIFIED ? largestGroup(share, ({ session }) => session)[0] : first;
}

const UNIDENTIFIED = "";

/** User names in a request, which follow a slash, make no share of their own. */
function shareOf({ owner }: SharedEntry): string {
  if (owner === undefined || callerFromId(owner as CallerId).kind === "anonymous") return UNIDENTIFIED;
  return owner.split("/", 1)[0] ?? owner;
}

/** Returns the entries of the group whose sizes add up to the most. */
function largestGroup<Entry extends SharedEntry>(
  entries: readonly Entry[],
  keyOf: (entry: Entry) => string,
): readonly Entry[] {
  let [largest, most]: [readonly Entry[], number] = [[], -1];
  for (const group of Map.groupBy(entries, keyOf).values()) {
    const size = group.reduce((sum, entry) => sum + entry.size, 0);
    if (size > most) [largest, most] = [group, size];
  }
  return largest;
}
