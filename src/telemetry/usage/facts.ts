/** Reads what sessions have used: turns, model calls, tokens, cost, tool calls and ratings. */
import type { Message } from "../../chat/types.ts";
import type { SessionStore, StoredSession } from "../../store/types.ts";
import type { CostOf } from "../cost.ts";
import type { UsageDays, UsageFact, UsageFigures } from "./types.ts";

export interface UsageSource {
  readonly store: Pick<SessionStore, "ids" | "read">;
  readonly cost: CostOf;
  readonly signal: AbortSignal;
  /** Returns whether the sessions of an owner count. Default: all do. */
  readonly includes?: (owner: string) => boolean;
}

/**
 * Reads all sessions, one after the other, and yields the facts of a period. Sessions that cannot be read are left out. Other work
 * goes on between two sessions.
 * @throws AppError `store_unavailable`
 */
export async function* readFacts(
  { store, cost, signal, includes = () => true }: UsageSource,
  period: UsageDays,
): AsyncGenerator<UsageFact> {
  for await (const id of store.ids()) {
    signal.throwIfAborted();
    const stored = await readSince(store, id, period.since);
    const isIncluded = stored && includes(stored.session.owner);
    for (const fact of isIncluded ? factsOf(stored, cost) : [])
      if (isWithin(fact.keys.day, period)) yield fact;
    await new Promise(setImmediate);
  }
}

/** Reads a session, and only its end when nothing in it is new enough. */
async function readSince(
  store: Pick<SessionStore, "read">,
  id: StoredSession["session"]["id"],
  since: string | undefined,
): Promise<StoredSession | undefined> {
  try {
    const end = since === undefined ? undefined : await store.read(id, { newest: 1 });
    if (since !== undefined && (!end || end.session.updatedAt < since)) return undefined;
    return await store.read(id);
  } catch (error) {
    if ((error as { code?: string }).code === "session_not_found") return undefined;
    throw error;
  }
}

function isWithin(day: string, { since, until }: UsageDays): boolean {
  return (since === undefined || day >= since) && (until === undefined || day <= until);
}

function* factsOf({ session, messages }: StoredSession, cost: CostOf): Generator<UsageFact> {
  const owner = {
    organization: session.createdBy?.organization ?? "",
    user: session.createdBy?.user ?? "",
    caller: session.owner,
  };
  let model = "";
  for (const [index, message] of messages.entries()) {
    if (message.role === "user") model = findModel(messages, index);
    if (message.role === "assistant") model = message.model;
    // The messages that a branch has copied belong to the other session.
    if (message.at < session.createdAt) continue;
    const of = (operation: string, figures: Partial<UsageFigures>, detail: Partial<UsageFact> = {}) => ({
      keys: { day: message.at.slice(0, 10), ...owner, model, operation },
      session: session.id,
      at: message.at,
      figures,
      ...detail,
    });
    if (message.role === "user") {
      const feedback = session.feedback?.[message.id];
      const rated = feedback && { [feedback.rating === "up" ? "ratedUp" : "ratedDown"]: 1 };
      const isOpen = session.turn !== undefined && isLastTurn(messages, index);
      const unansweredTurns = isOpen || isAnswered(messages, index) ? 0 : 1;
      yield of("", { turns: 1, unansweredTurns, ...rated }, feedback && { feedback });
    } else if (message.role === "assistant") {
      const { longContext: _, ...tokens } = message.usage;
      yield of("", { modelCalls: 1, ...tokens, costUsd: cost(message.model, message.usage) });
    } else
      for (const result of message.results) {
        // The record of a response to a request with an `Idempotency-Key` is no call.
        if (result.name === "") continue;
        const failedToolCalls = result.status === "failed" ? 1 : 0;
        const toolSeconds = result.durationMs / 1000;
        yield of(result.name, { toolCalls: 1, failedToolCalls, toolSeconds }, { result });
      }
  }
}

/** Returns the model that replied first to the user message at an index; empty without a reply. */
function findModel(messages: readonly Message[], index: number): string {
  const next = messages[index + 1];
  return next?.role === "assistant" ? next.model : "";
}

function isLastTurn(messages: readonly Message[], index: number): boolean {
  return !messages.slice(index + 1).some(({ role }) => role === "user");
}

/** Returns whether the turn of the user message at an index ended with a whole reply. */
function isAnswered(messages: readonly Message[], index: number): boolean {
  for (const message of messages.slice(index + 1)) {
    if (message.role === "user") return false;
    if (message.role === "assistant" && message.stopReason !== undefined)
      return message.stopReason !== "interrupted";
  }
  return false;
}
