/** Sessions and messages for the tests of the stores. */
import type { CallerId } from "../../src/access/types.ts";
import type { ApprovalId, Message, MessageId, SessionId, TurnId, WaitingTurn } from "../../src/chat/types.ts";
import type { Session, SessionStore, StoredSession } from "../../src/store/types.ts";

/** The current time of every store under test. */
export const NOW = Date.parse("2026-03-01T12:00:00.000Z");

/** Returns the time a number of seconds after the day before `NOW`. */
export function formatTime(seconds: number): string {
  return new Date(NOW - 86_400_000 + seconds * 1000).toISOString();
}

export function createSession(id: string, overrides: Partial<Session> = {}): Session {
  return {
    id: id as SessionId,
    owner: "browser:1" as CallerId,
    createdAt: formatTime(0),
    updatedAt: formatTime(0),
    title: "",
    allowed: [],
    seq: 0,
    spent: [],
    ...overrides,
  };
}

export const usage = { inputTokens: 3, outputTokens: 4, cacheReadTokens: 0, cacheWriteTokens: 0 };

export function createUserMessage(id: string, text = id): Message {
  return { role: "user", id: id as MessageId, at: formatTime(1), text };
}

/** Creates a reply that calls a tool with an integer beyond 2^53, and the tool result. */
export function createToolCallMessages(id: string, text = id): readonly Message[] {
  const call = { id: `call-${id}`, name: "getThing", arguments: { id: 9_007_199_254_740_993n, tags: [] } };
  return [
    {
      role: "assistant",
      id: id as MessageId,
      at: formatTime(2),
      parts: [
        { type: "reasoning", text: "hmm", signature: "c2ln" },
        { type: "text", text },
        { type: "call", call },
      ],
      model: "demo",
      usage,
      stopReason: "end_turn",
    },
    {
      role: "results",
      id: `${id}-results` as MessageId,
      at: formatTime(3),
      results: [
        {
          callId: call.id,
          name: call.name,
          status: "ok",
          content: "a result",
          httpStatus: 200,
          durationMs: 5,
        },
      ],
    },
  ];
}

/** Creates a turn that waits for an approval. */
export function createWaitingTurn(expiresAt: string): WaitingTurn {
  return {
    status: "waiting",
    id: "turn" as TurnId,
    approval: {
      id: "approval" as ApprovalId,
      calls: [
        {
          call: { id: "c", name: "deleteThing", arguments: { id: 2n ** 60n } },
          preview: { method: "DELETE", url: "http://api/things/1" },
        },
      ],
      expiresAt,
    },
    decisions: [],
    results: [],
    model: "demo",
    text: "",
  };
}

/** Reads all sessions of a store. */
export async function readContents(store: SessionStore): Promise<ReadonlyMap<string, StoredSession>> {
  const found = new Map<string, StoredSession>();
  for await (const id of store.ids()) {
    const stored = await store.read(id);
    if (stored) found.set(id, stored);
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Waits for all attempts, and returns the errors they reject with. */
export async function collectRejections(
  ...attempts: readonly Promise<unknown>[]
): Promise<readonly unknown[]> {
  const settled = await Promise.allSettled(attempts);
  return settled.map((one) => (one.status === "rejected" ? one.reason : "not rejected"));
}
