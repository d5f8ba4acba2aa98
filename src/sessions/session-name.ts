/** Session ids for the names that clients choose. */
import { type Client, placeOf } from "../access/client.ts";
import { deriveId } from "../access/derived-id.ts";
import type { SessionId } from "../chat/types.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * Returns the session id for a name. A UUID is an id itself. Any other name belongs to the caller, or to an anonymous caller's
 * address.
 * @param namespace divides the sessions of a client, e.g. by protocol and by an unverified user name.
 */
export function namedSessionId(
  name: string,
  { caller, fingerprint }: Pick<Client, "caller" | "fingerprint">,
  namespace: readonly string[],
): SessionId {
  const scope = caller.kind === "anonymous" ? placeOf(fingerprint) : caller.id;
  return (UUID.test(name) ? name.toLowerCase() : deriveId([scope, ...namespace, name])) as SessionId;
}
