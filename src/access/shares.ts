/** Shares a pool fairly: the caller that takes the most makes room. */
import { callerFromId } from "./caller.ts";
import { type Client, placeOf } from "./client.ts";
import { networkOf } from "./client-address.ts";
import type { CallerId, SharedEntry } from "./types.ts";

/** Callers of each kind whose network is remembered; the one that came longest ago is dropped first. */
const MAX_REMEMBERED = 100_000;
const UNIDENTIFIED = "";

export class CallerShares {
  /** Id of a browser → the network that it came from last. */
  readonly #browsers = new Map<string, string>();
  /** Id of a caller without a cookie, or of the place that its user names belong to → its network. */
  readonly #strangers = new Map<string, string>();

  /** Remembers where a caller without credentials comes from. Cookies are free, so all such callers of a network have one share. */
  record({
    caller: { id, kind },
    address,
    fingerprint,
  }: Pick<Client, "caller" | "address" | "fingerprint">): void {
    if (address === "") return;
    const network = networkOf(address);
    if (kind === "browser") remember(this.#browsers, id, network);
    if (kind !== "anonymous") return;
    remember(this.#strangers, id, network);
    remember(this.#strangers, placeOf(fingerprint), network);
  }

  /** Returns the share of an owner: a user, or a network. Callers whose network is not known have one together. User names in a request make none. */
  shareOf(owner: string | undefined): string {
    if (owner === undefined) return UNIDENTIFIED;
    const id = withoutUserName(owner);
    const network = this.#browsers.get(id) ?? this.#strangers.get(id);
    return network ?? (isStranger(owner) ? UNIDENTIFIED : id);
  }

  /**
   * Returns the oldest entry of the caller that has the most, within the share that has the most in a pool. Callers without a
   * cookie count as one; among them, the session with the most makes room.
   * @param entries oldest first.
   */
  readonly selectVictim = <Entry extends SharedEntry>(entries: Iterable<Entry>): Entry | undefined => {
    const share = largestGroup([...entries], ({ owner }) => this.shareOf(owner));
    const ofCaller = largestGroup(share, ({ owner = "" }) =>
      isStranger(owner) ? UNIDENTIFIED : withoutUserName(owner),
    );
    return largestGroup(ofCaller, ({ owner, session }) => (isStranger(owner) ? session : UNIDENTIFIED))[0];
  };
}

function remember(networks: Map<string, string>, id: string, network: string): void {
  networks.delete(id);
  networks.set(id, network);
  const [oldest] = networks.keys();
  if (networks.size > MAX_REMEMBERED && oldest !== undefined) networks.delete(oldest);
}

/** Returns whether an owner has no credentials and no cookie. */
function isStranger(owner: string | undefined): boolean {
  return owner === undefined || callerFromId(owner as CallerId).kind === "anonymous";
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
