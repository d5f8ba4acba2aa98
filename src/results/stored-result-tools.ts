/** The built-in tools that read stored results. They call no API and count towards no limit of a turn. */
import type { SessionId, ToolResult } from "../chat/types.ts";
import { MAX_INLINE_LENGTH } from "../workers/worker-pool.ts";
import { makeChart } from "./chart.ts";
import { ChartArguments } from "./chart-definition.ts";
import type { BuiltinToolNames } from "./definitions.ts";
import { findList } from "./find-list.ts";
import { readJson } from "./read-json.ts";
import { type ReadOutcome, readResult } from "./read-result.ts";
import { splitContent } from "./response-head.ts";
import { runTaskInWorker } from "./run-task.ts";
import { searchResult } from "./search-result.ts";
import { countRows, describeStored } from "./shape.ts";
import { formatIssues, QueryArguments, ReadArguments, SearchArguments } from "./stored-result-arguments.ts";
import { NOT_JSON, type TurnQueries } from "./turn-queries.ts";
import type { ResultStore, StoredResult } from "./types.ts";

/** The result of a built-in tool. */
export type BuiltinToolResult = Pick<ToolResult, "status" | "content" | "rows" | "stored">;

export interface StoredResultToolsOptions {
  readonly session: SessionId;
  /** Whose work over long texts waits for each other. */
  readonly caller: string;
  readonly store: Pick<ResultStore, "save" | "find">;
  readonly names: BuiltinToolNames;
  /** The number of characters of one chunk. */
  readonly chunkSize: number;
  readonly queries: TurnQueries;
  /** Milliseconds. */
  readonly now: () => number;
  /** Yields to the event loop. */
  readonly yieldToEventLoop: () => Promise<void>;
}

/** Returns a clock that stands still while the work yields: what others do meanwhile is not its time. */
function createWorkClock({
  now,
  yieldToEventLoop,
}: Pick<StoredResultToolsOptions, "now" | "yieldToEventLoop">) {
  let waitedMs = 0;
  return {
    now: () => now() - waitedMs,
    async yieldToEventLoop() {
      const startedAt = now();
      await yieldToEventLoop();
      waitedMs += now() - startedAt;
    },
  };
}

export class StoredResultTools {
  readonly #options: StoredResultToolsOptions;

  constructor(options: StoredResultToolsOptions) {
    this.#options = options;
  }

  /** Stores the content of a result, and replaces it by a description of about `budget` characters. */
  async storeAndDescribe<Result extends BuiltinToolResult>(result: Result, budget: number): Promise<Result> {
    const { store, session, caller, chunkSize, names } = this.#options;
    const { content: text } = result;
    const id = await store.save(session, text, chunkSize);
    // The description of a stored result may itself be too long.
    const stored = { ...result, stored: result.stored ?? { id, length: text.length } };
    if (text.length <= MAX_INLINE_LENGTH) {
      const value = readJson(splitContent(text).body);
      const content = describeStored({ id, text, chunkSize }, names, budget, () => value);
      return withRows({ ...stored, content }, countRows(value));
    }
    const input = { id, chunkSize, names, budget };
    const done = await runTaskInWorker({ name: "describe", text, input }, { caller });
    if (done.outcome === "done") return withRows({ ...stored, content: done.text }, done.output);
    return { ...stored, content: describeStored({ id, text, chunkSize }, names, budget, () => undefined) };
  }

  async read(values: unknown): Promise<BuiltinToolResult> {
    const parsed = ReadArguments.safeParse(values);
    if (!parsed.success) return failed(formatIssues(parsed.error));
    return await this.#withStoredResult(parsed.data.id, async (result) =>
      toToolResult(readResult(result, parsed.data)),
    );
  }

  async search(values: unknown, signal: AbortSignal): Promise<BuiltinToolResult> {
    const parsed = SearchArguments.safeParse(values);
    if (!parsed.success) return failed(formatIssues(parsed.error));
    const { queries } = this.#options;
    const work = createWorkClock(this.#options);
    return await this.#withStoredResult(parsed.data.id, async (result) => {
      const startedAt = work.now();
      const ports = { ...work, signal, timeLimit: queries.remainingMs };
      const found = await searchResult(result, parsed.data, ports);
      queries.spend(work.now() - startedAt);
      return toToolResult(found);
    });
  }

  async query(values: unknown): Promise<BuiltinToolResult> {
    const parsed = QueryArguments.safeParse(values);
    if (!parsed.success) return failed(formatIssues(parsed.error));
    const { names, queries } = this.#options;
    return await this.#withStoredResult(parsed.data.id, async ({ id, text, chunkSize }) => {
      const found = await queries.evaluate(splitContent(text).body, parsed.data.filter);
      if (found === NOT_JSON)
        return failed(`${id} is not JSON: ${names.search} and ${names.read} reach all of it.`);
      if (found.outcome === "refused") return failed(`The filter was refused: ${found.problem}`);
      const { text: body, notes } = found;
      const result = body.length <= chunkSize ? ok(body) : await this.storeAndDescribe(ok(body), chunkSize);
      return { ...result, content: [...notes, result.content].join("\n\n") };
    });
  }

  /** Makes a chart of rows, or of the list that a stored result has or a filter makes of it. */
  async chart(values: unknown): Promise<BuiltinToolResult> {
    const parsed = ChartArguments.safeParse(values);
    if (!parsed.success) return failed(formatIssues(parsed.error));
    const { id, rows, filter } = parsed.data;
    if (id === undefined) return toToolResult(makeChart(parsed.data, rows ?? []));
    return await this.#withStoredResult(id, async ({ text }) => {
      const { body } = splitContent(text);
      const found = await this.#options.queries.evaluate(body, filter ?? "@");
      if (found.outcome === "refused") return failed(`The filter was refused: ${found.problem}`);
      const list = findList(readJson(found.text))?.list ?? [];
      return toToolResult(makeChart(parsed.data, list));
    });
  }

  async #withStoredResult(
    id: string,
    use: (result: StoredResult) => Promise<BuiltinToolResult>,
  ): Promise<BuiltinToolResult> {
    const { store, session } = this.#options;
    const found = await store.find(session, id);
    switch (found.outcome) {
      case "found":
        return await use(found.result);
      case "evicted":
        return failed(`The result ${id} was removed to make room for newer ones. Call its tool again.`);
      case "unknown":
        return failed(
          found.known.length === 0
            ? "No result is kept."
            : `There is no result ${JSON.stringify(id)}; the kept results are ${found.known.join(", ")}.`,
        );
    }
  }
}

/** Adds the number of records to a result, if it is known. */
export function withRows<Result extends BuiltinToolResult>(result: Result, rows: number | undefined): Result {
  return rows === undefined || result.status === "failed" ? result : { ...result, rows };
}

export function ok(content: string): BuiltinToolResult {
  return { status: "ok", content };
}

export function failed(content: string): BuiltinToolResult {
  return { status: "failed", content };
}

function toToolResult(outcome: ReadOutcome): BuiltinToolResult {
  return outcome.outcome === "ready" ? ok(outcome.content) : failed(outcome.problem);
}
