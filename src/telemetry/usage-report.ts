/** Adds up what sessions have used: turns, model calls, tokens, cost, tool calls and ratings. */
import type { Message } from "../chat/types.ts";
import type { SessionStore, StoredSession } from "../store/types.ts";
import { addCosts, type CostOf } from "./cost.ts";

export const USAGE_KEYS = ["day", "caller", "model", "operation"] as const;
export type UsageGroup = (typeof USAGE_KEYS)[number];

export interface UsageFigures {
  turns: number;
  modelCalls: number;
  inputTokens: number;
  outputTokens: number;
  cacheReadTokens: number;
  cacheWriteTokens: number;
  /** US dollars; null when a price is unknown. */
  costUsd: number | null;
  toolCalls: number;
  failedToolCalls: number;
  toolSeconds: number;
  ratedUp: number;
  ratedDown: number;
}

/** One group. A figure without the key, such as a turn without an operation, is in the group whose key is empty. */
export type UsageRow = Readonly<Partial<Record<UsageGroup, string>> & UsageFigures>;

export interface UsageQuery {
  /** What a row stands for. Without keys, there is one row at most. */
  readonly by: readonly UsageGroup[];
  /** Days of UTC, such as 2026-11-29, both included. */
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  /** Returns whether the sessions of an owner count. Default: all do. */
  readonly includes?: (owner: string) => boolean;
}

/** What one message adds. */
type Fact = Readonly<Record<UsageGroup, string> & { readonly figures: Partial<UsageFigures> }>;

const NO_FIGURES: Readonly<UsageFigures> = {
  turns: 0,
  modelCalls: 0,
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  costUsd: 0,
  toolCalls: 0,
  failedToolCalls: 0,
  toolSeconds: 0,
  ratedUp: 0,
  ratedDown: 0,
};

/**
 * Reads all sessions, one after the other, and returns one row for each group, in the order of its keys. Sessions that cannot be
 * read are left out. Other work goes on between two sessions.
 * @throws AppError `store_unavailable`
 */
export async function collectUsage(
  store: Pick<SessionStore, "ids" | "read">,
  query: UsageQuery,
  cost: CostOf,
  signal: AbortSignal,
): Promise<readonly UsageRow[]> {
  const groups = new Map<string, UsageFigures>();
  for await (const id of store.ids()) {
    signal.throwIfAborted();
    const stored = await readSince(store, id, query.since);
    const isIncluded = stored && (query.includes?.(stored.session.owner) ?? true);
    for (const fact of isIncluded ? factsOf(stored, cost) : []) {
      if (!isWithin(fact.day, query)) continue;
      const key = JSON.stringify(query.by.map((name) => fact[name]));
      addFigures(
        groups.getOrInsertComputed(key, () => ({ ...NO_FIGURES })),
        fact.figures,
      );
    }
    await new Promise(setImmediate);
  }
  return [...groups]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, figures]) => {
      const values: readonly string[] = JSON.parse(key);
      return { ...Object.fromEntries(query.by.map((name, index) => [name, values[index]])), ...figures };
    });
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

function isWithin(day: string, { since, until }: UsageQuery): boolean {
  return (since === undefined || day >= since) && (until === undefined || day <= until);
}

function* factsOf({ session, messages }: StoredSession, cost: CostOf): Generator<Fact> {
  let model = "";
  for (const [index, message] of messages.entries()) {
    if (message.role === "user") model = findModel(messages, index);
    if (message.role === "assistant") model = message.model;
    const of = (operation: string, figures: Partial<UsageFigures>): Fact => ({
      day: message.at.slice(0, 10),
      caller: session.owner,
      model,
      operation,
      figures,
    });
    if (message.role === "user") {
      const rating = session.feedback?.[message.id]?.rating;
      yield of("", { turns: 1, ...(rating && { [rating === "up" ? "ratedUp" : "ratedDown"]: 1 }) });
    } else if (message.role === "assistant") {
      const { longContext: _, ...tokens } = message.usage;
      yield of("", { modelCalls: 1, ...tokens, costUsd: cost(message.model, message.usage) });
    } else
      for (const { name, status, durationMs } of message.results)
        yield of(name, {
          toolCalls: 1,
          failedToolCalls: status === "failed" ? 1 : 0,
          toolSeconds: durationMs / 1000,
        });
  }
}

/** Returns the model that replied first to the user message at an index; empty without a reply. */
function findModel(messages: readonly Message[], index: number): string {
  const next = messages[index + 1];
  return next?.role === "assistant" ? next.model : "";
}

function addFigures(sum: UsageFigures, { costUsd = 0, ...counts }: Partial<UsageFigures>): void {
  sum.costUsd = addCosts(sum.costUsd, costUsd);
  for (const [name, value] of Object.entries(counts))
    sum[name as Exclude<keyof UsageFigures, "costUsd">] += value;
}

/** Formats rows as CSV with a header, also when there are no rows. */
export function formatUsageCsv(rows: readonly UsageRow[], by: readonly UsageGroup[]): string {
  const columns = [...by, ...(Object.keys(NO_FIGURES) as (keyof UsageFigures)[])];
  const lines = rows.map((row) => columns.map((column) => formatCell(row[column] ?? "")).join(","));
  return `${[columns.join(","), ...lines].join("\n")}\n`;
}

/** A text that a spreadsheet would take for a formula begins with an apostrophe. */
function formatCell(value: string | number): string {
  if (typeof value === "number") return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Parses the keys of a query, separated by commas. Returns undefined for an unknown one. */
export function parseUsageKeys(text: string): readonly UsageGroup[] | undefined {
  const names = text.split(",").filter((name) => name !== "");
  const keys = USAGE_KEYS.filter((key) => names.includes(key));
  return names.every((name) => keys.includes(name as UsageGroup)) ? keys : undefined;
}
