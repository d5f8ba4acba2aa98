/** Leases of sessions, timed by the clock of the server. */
import type { SessionId } from "../../chat/types.ts";
import type { Lease } from "../types.ts";
import type { RedisConnection } from "./connection.ts";
import { FENCE_KEY, leaseKey } from "./keys.ts";
import * as scripts from "./scripts.ts";

export async function acquireLease(
  connection: RedisConnection,
  session: SessionId,
  holder: string,
  forMs: number,
): Promise<Lease | undefined> {
  const keys = [leaseKey(session), FENCE_KEY];
  const fence = await connection.runScript(scripts.ACQUIRE, keys, [holder, `${forMs}`]);
  return typeof fence === "number" ? { session, holder, fence } : undefined;
}

export async function renewLease(
  connection: RedisConnection,
  { session, holder, fence }: Lease,
  forMs: number,
): Promise<boolean> {
  const parameters = [holder, `${fence}`, `${forMs}`];
  return (await connection.runScript(scripts.RENEW, [leaseKey(session)], parameters)) === 1;
}

export async function releaseLease(
  connection: RedisConnection,
  { session, holder, fence }: Lease,
): Promise<void> {
  await connection.runScript(scripts.RELEASE, [leaseKey(session)], [holder, `${fence}`]);
}
