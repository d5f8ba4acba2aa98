/**
 * Runs the tools of one turn: operations with filters and pages, other tools with filters, and the built-in tools. A result
 * that is too long is stored for the session.
 */
import type { SessionId, ToolCall, ToolResult } from "../chat/types.ts";
import type { AnyTool, ReceivedResult } from "../tools/types.ts";
import { MAX_INLINE_LENGTH } from "../workers/worker-pool.ts";
import { safeBoundary } from "./chunk.ts";
import { type BuiltinToolNames, FILTER_ARGUMENT, hasOwnFilter, normalizeName } from "./definitions.ts";
import { fetchAll } from "./fetch-all.ts";
import { describeMorePages, toOneLine } from "./page-lines.ts";
import { readJson } from "./read-json.ts";
import { findPagesAfter, readPage } from "./read-pages.ts";
import { addLines, joinContent, splitContent } from "./response-head.ts";
import { countRows } from "./shape.ts";
import { FetchAllArguments, formatIssues } from "./stored-result-arguments.ts";
import { type BuiltinToolResult, failed, ok, StoredResultTools, withRows } from "./stored-result-tools.ts";
import { TurnQueries } from "./turn-queries.ts";
import type { ResultStore } from "./types.ts";

export interface ToolRunnerOptions {
  readonly session: SessionId;
  /** Whose work over long texts waits for each other. */
  readonly caller: string;
  readonly store: Pick<ResultStore, "save" | "find">;
  readonly toolbox: {
    readonly builtinNames: BuiltinToolNames;
    /** Finds a tool by the model's spelling of its name. */
    find(name: string): AnyTool | undefined;
  };
  /** Calls a tool of the toolbox. Never rejects. */
  readonly call: (call: ToolCall, signal: AbortSignal) => Promise<ReceivedResult>;
  /** Masks credentials that a response repeats. Never rejects. */
  readonly mask: (text: string, secrets: readonly string[], signal: AbortSignal) => Promise<string>;
  /** The number of characters of one chunk. */
  readonly chunkSize: number;
  readonly maxPages: number;
  readonly maxItems: number;
  /** The number of characters that fetched pages may have in total. */
  readonly maxSize: number;
  /** Shows progress to the user while pages are fetched. */
  readonly progress: (message: string) => void;
  /** Milliseconds. */
  readonly now: () => number;
  /** Yields to the event loop. */
  readonly yieldToEventLoop: () => Promise<void>;
}

/** The minimum budget, in characters, for a part of a stored result. */
const MIN_RESULT_BUDGET = 600;

type BuiltinTool = (values: unknown, call: ToolCall, signal: AbortSignal) => Promise<BuiltinToolResult>;

export class ToolRunner {
  readonly #options: ToolRunnerOptions;
  readonly #names: BuiltinToolNames;
  readonly #queries: TurnQueries;
  readonly #storedResults: StoredResultTools;
  readonly #builtinTools: ReadonlyMap<string, BuiltinTool>;

  constructor(options: ToolRunnerOptions) {
    this.#options = options;
    this.#names = options.toolbox.builtinNames;
    this.#queries = new TurnQueries(options.now, options.caller);
    this.#storedResults = new StoredResultTools({ ...options, names: this.#names, queries: this.#queries });
    const { read, search, query, fetchAll, chart } = this.#names;
    this.#builtinTools = new Map<string, BuiltinTool>([
      [normalizeName(read), (values) => this.#storedResults.read(values)],
      [normalizeName(search), (values, _call, signal) => this.#storedResults.search(values, signal)],
      [normalizeName(query), (values) => this.#storedResults.query(values)],
      [normalizeName(fetchAll), (values, call, signal) => this.#fetchAll(values, call, signal)],
      ...(chart === undefined
        ? []
        : [[normalizeName(chart), (values: unknown) => this.#storedResults.chart(values)] as const]),
    ]);
  }

  /** Returns whether a tool only reads stored results and calls no API. */
  isFree({ name }: Pick<ToolCall, "name">): boolean {
    const { fetchAll, chart = fetchAll } = this.#names;
    const key = normalizeName(name);
    return this.#builtinTools.has(key) && key !== normalizeName(fetchAll) && key !== normalizeName(chart);
  }

  /** Returns whether a tool changes nothing. */
  isReadOnly(name: string): boolean {
    return this.#builtinTools.has(normalizeName(name)) || this.#options.toolbox.find(name)?.readOnly === true;
  }

  /** Runs a call. Never rejects. */
  async run(call: ToolCall, signal: AbortSignal): Promise<ToolResult> {
    const builtin = this.#builtinTools.get(normalizeName(call.name));
    if (!builtin) return await this.#callTool(call, signal);
    const started = this.#options.now();
    await this.#options.yieldToEventLoop();
    const result =
      call.malformed !== undefined
        ? failed("The arguments are not a JSON object; send them again as one.")
        : await builtin(call.arguments, call, signal);
    const durationMs = Math.round(this.#options.now() - started);
    return { callId: call.id, name: call.name, ...result, durationMs };
  }

  /** Shortens a result to `budget` characters or slightly more. A longer one is stored and replaced by its description. */
  async truncate(result: ToolResult, budget: number): Promise<ToolResult> {
    const { content } = result;
    const isFree = this.isFree(result);
    if (content.length <= (isFree ? Math.max(budget, MIN_RESULT_BUDGET) : budget))
      return isFree || result.stored
        ? result
        : withRows(result, countRows(readJson(splitContent(content).body)));
    if (!isFree) return await this.#storedResults.storeAndDescribe(result, budget);
    const shown = content.slice(0, safeBoundary(content, Math.max(budget, MIN_RESULT_BUDGET) - 150));
    const note = `[Cut after ${shown.length} of ${content.length} characters: this turn's budget is nearly used up. Ask for less.]`;
    return { ...result, content: `${shown}\n${note}` };
  }

  async #callTool(call: ToolCall, signal: AbortSignal): Promise<ToolResult> {
    const tool = this.#options.toolbox.find(call.name);
    const operation = tool?.readOnly && "operation" in tool ? tool : undefined;
    const { filter, plain: callWithoutFilter } = extractFilter(call, tool);
    const { result, received: unmasked, secrets } = await this.#options.call(callWithoutFilter, signal);
    if (result.status === "failed" || (filter === undefined && !operation)) return result;
    const received = splitContent(unmasked);
    const readShort = (body: string) => (body.length <= MAX_INLINE_LENGTH ? readJson(body) : undefined);
    const receivedValue = readShort(received.body);
    // A file has pages and parts only if it is JSON.
    if (result.file && receivedValue === undefined) return result;
    const more =
      operation &&
      (await findPagesAfter({ tool: operation, call: callWithoutFilter, content: received }, receivedValue, {
        caller: this.#options.caller,
        signal,
      }));
    const lines = await Promise.all(
      operation && more
        ? describeMorePages(more, operation.name, this.#names.fetchAll).map((line) =>
            this.#options.mask(line, secrets, signal),
          )
        : [],
    );
    // A filter over what is masked could find a credential letter by letter.
    const content = splitContent(result.content);
    const value = content.body === received.body ? receivedValue : readShort(content.body);
    if (filter === undefined) return { ...result, content: joinContent(addLines(content, lines)) };
    const filtered = await this.#queries.evaluate(content.body, filter, value);
    if (filtered.outcome === "ready")
      return {
        ...result,
        content: joinContent(addLines({ ...content, body: filtered.text }, [...lines, ...filtered.notes])),
      };
    const note = `Filter not applied: ${toOneLine(filtered.problem)} The call was carried out, and this is its full response.`;
    const fullContent = joinContent(addLines(content, [...lines, note]));
    const full = { ...result, content: fullContent };
    return fullContent.length <= 2000 ? full : await this.#storedResults.storeAndDescribe(full, 2000);
  }

  async #fetchAll(values: unknown, call: ToolCall, signal: AbortSignal): Promise<BuiltinToolResult> {
    const parsed = FetchAllArguments.safeParse(values);
    if (!parsed.success) return failed(formatIssues(parsed.error));
    const { toolbox, progress, maxPages, maxItems, maxSize } = this.#options;
    const tool = toolbox.find(parsed.data.tool);
    if (!tool) return failed(`There is no tool ${JSON.stringify(parsed.data.tool)}.`);
    if (!("operation" in tool))
      return failed(`${tool.name} is not an operation of the API, so it has no pages; call it directly.`);
    if (tool.confirm === "always")
      return failed(`${tool.name} needs approval for each call; call it directly, page by page.`);
    if (!tool.readOnly)
      return failed(`${tool.name} changes data; only read-only tools can be fetched page by page.`);
    const { plain, filter = parsed.data[FILTER_ARGUMENT] } = extractFilter(
      { ...call, arguments: parsed.data.arguments },
      tool,
    );
    const secrets = new Set<string>();
    const mask = (text: string) => this.#options.mask(text, [...secrets], signal);
    const fetched = await fetchAll(tool, call.id, plain.arguments, {
      maxPages,
      maxItems,
      maxSize,
      signal,
      call: async (page) => {
        const { result, received, secrets: used } = await this.#options.call(page, signal);
        for (const secret of used) secrets.add(secret);
        return { ...result, content: received };
      },
      readPage: (page, content, isLater) =>
        readPage({ tool, call: page, content }, isLater, { caller: this.#options.caller, signal }),
      yieldToEventLoop: this.#options.yieldToEventLoop,
      progress: (pages, items, total) =>
        progress(
          `${tool.name}: ${items}${total === undefined ? "" : ` of ${total}`} records, ${pages} pages so far.`,
        ),
    });
    if (fetched.outcome === "failed") {
      const status = fetched.result.status;
      const content = await mask(fetched.result.content);
      return status === "failed"
        ? failed(content)
        : failed(`${tool.name} returned no list:\n${content.slice(0, 2000)}`);
    }
    const { items, pages, note } = fetched;
    const lines = [
      `${note === undefined ? "All of" : "Part of"} the list: ${items.length} records from ${pages} pages.`,
      ...(note === undefined ? [] : [`Not complete: ${await mask(toOneLine(note))}.`]),
    ];
    const fullList = await mask(`[${items.join(",")}]`);
    const filtered = filter === undefined ? undefined : await this.#queries.evaluate(fullList, filter);
    if (filtered?.outcome === "refused") lines.push(`Filter not applied: ${toOneLine(filtered.problem)}`);
    if (filtered?.outcome === "ready")
      lines.push(...filtered.notes, ...(filtered.text === "null" ? [NULL_OVER_LIST] : []));
    const body = filtered?.outcome === "ready" ? filtered.text : fullList;
    return ok(joinContent(addLines({ head: [], body }, lines)));
  }
}

/** A filter for one page names the field that holds its list. */
const NULL_OVER_LIST =
  "The filter selects nothing (null). It applies to the list of records itself: begin with [?…] or [*], without the field that holds the list in one page.";

/** Removes the filter from a call, unless the tool itself has an argument of that name. */
function extractFilter(
  call: ToolCall,
  tool: AnyTool | undefined,
): { readonly filter?: string; readonly plain: ToolCall } {
  const { [FILTER_ARGUMENT]: filter, ...rest } = call.arguments;
  if (!Object.hasOwn(call.arguments, FILTER_ARGUMENT) || (tool && hasOwnFilter(tool))) return { plain: call };
  const plain = { ...call, arguments: rest };
  return typeof filter === "string" && filter.trim() !== "" ? { filter, plain } : { plain };
}
