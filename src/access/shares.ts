/** Shares a pool fairly: the caller that takes the most makes room. */
import { callerFromId } from "./caller.ts";
import type { Client } from "./client.ts";
import { networkOf } from "./client-address.ts";
import type { CallerId, SharedEntry } from "./types.ts";

/** Browsers whose network is remembered; the one that came longest ago is dropped first. */
const MAX_BROWSERS = 100_000;
const UNIDENTIFIED = "";

export class CallerShares {
  /** Id of a browser → the network that it came from last. */
  readonly #networks = new Map<string, string>();

  /** Remembers where a browser comes from. A cookie is free, so all browsers of a network have one share. */
  record({ caller: { id, kind }, address }: Pick<Client, "caller" | "address">): void {
    if (kind !== "browser" || address === "") return;
    this.#networks.delete(id);
    this.#networks.set(id, networkOf(address));
    const [oldest] = this.#networks.keys();
    if (this.#networks.size > MAX_BROWSERS && oldest !== undefined) this.#networks.delete(oldest);
  }

  /** Returns the share of an owner. Callers that are not identified have one together. User names in a request make none. */
  shareOf(owner: string | undefined): string {
    if (owner === undefined || callerFromId(owner as CallerId).kind === "anonymous") return UNIDENTIFIED;
    const id = withoutUserName(owner);
    return this.#networks.get(id) ?? id;
  }

  /**
   * Returns the oldest entry of the caller that has the most, within the share that has the most in a pool. Among callers that are
   * not identified, the session with the most makes room.
   * @param entries oldest first.
   */
  readonly selectVictim = <Entry extends SharedEntry>(entries: Iterable<Entry>): Entry | undefined => {
    const share = largestGroup([...entries], ({ owner }) => this.shareOf(owner));
    const [first] = share;
    const isUnidentified = this.shareOf(first?.owner) === UNIDENTIFIED;
    return largestGroup(share, ({ owner = "", session }) =>
      isUnidentified ? session : withoutUserName(owner),
    )[0];
  };
}

function withoutUserName(owner: string): string {
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
