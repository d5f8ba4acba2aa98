/** The keys and channels in Redis. They are stored and shared with running processes, so they must not change. */
import type { UsageKey } from "../../access/limits/types.ts";

/** A sorted set of all session ids. */
export const IDS_KEY = "specchat:ids";
/** A counter: the last fence of any lease. */
export const FENCE_KEY = "specchat:fence";

/** A key that health checks write. */
export const PROBE_KEY = "specchat:probe";

export const sessionKey = (id: string) => `specchat:session:${id}`;
export const messagesKey = (id: string) => `specchat:messages:${id}`;
export const leaseKey = (id: string) => `specchat:lease:${id}`;
/** A sorted set of `updatedAt id` of an owner's sessions. */
export const ownerKey = (owner: string) => `specchat:owner:${owner}`;
/** A stream of a session's events. */
export const streamKey = (id: string) => ["specchat", "story", id].join(":");
/** A channel for live events and commands of a session. */
export const channelName = (id: string) => `specchat:live:${id}`;
/** A token bucket: a hash of its tokens and their time. */
export const bucketKey = (name: string) => `specchat:rate:${name}`;
/** A usage counter: a hash of its sums. */
export const usageKey = ({ period, subject }: UsageKey) => `specchat:usage:${period}:${subject}`;
/** A sorted set of the turns that run for a subject. */
export const turnsKey = (subject: string) => `specchat:turns:${subject}`;
