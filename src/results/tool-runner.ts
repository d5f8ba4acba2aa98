/**
 * The tools of one turn: the API's, with filters and pages, others with filters, and our own beside them. Every call
 * resolves; what is too long is kept for the session.
 */
import type { SessionId, ToolCall, ToolResult } from "../chat/types.ts";
import { stringifyJson } from "../json.ts";
import type { AnyTool, Tool } from "../tools/types.ts";
import { boundary } from "./chunk.ts";
import { FILTER, folded, hasFilter, ownNames, type ToolNames } from "./definitions.ts";
import { fetchAll } from "./fetch-all.ts";
import { morePages } from "./next-page.ts";
import { query } from "./query.ts";
import { readJson } from "./read-json.ts";
import { addLines, joinContent, splitContent } from "./response-head.ts";
import { FetchAllArguments, problemOf } from "./stored-result-arguments.ts";
import { failed, KeptTools, ok, type Said } from "./stored-result-tools.ts";
import type { ResultStore } from "./types.ts";

export interface DeskOptions {
  readonly session: SessionId;
  readonly store: Pick<ResultStore, "keep" | "find">;
  readonly toolbox: {
    readonly tools: readonly AnyTool[];
    /** By the model's spelling. */
    find(name: string): AnyTool | undefined;
  };
  /** Calls one of them. Never rejects. */
  readonly call: (call: ToolCall, signal: AbortSignal) => Promise<ToolResult>;
  /** Characters of one chunk. */
  readonly chunkSize: number;
  readonly maxPages: number;
  readonly maxItems: number;
  /** Characters that pages fetched together may have. */
  readonly maxSize: number;
  /** What the person sees while pages are fetched. */
  readonly progress: (message: string) => void;
  /** Milliseconds. */
  readonly now: () => number;
  /** Lets others have their turn. */
  readonly pause: () => Promise<void>;
}

/** Below this, no part of a kept result is cut once more. */
const LEAST_ROOM = 600;

export class ResultDesk {
  readonly #options: DeskOptions;
  readonly #names: ToolNames;
  readonly #kept: KeptTools;
  readonly #own: ReadonlyMap<string, (values: unknown, call: ToolCall, signal: AbortSignal) => Promise<Said>>;

  constructor(options: DeskOptions) {
    this.#options = options;
    this.#names = ownNames(options.toolbox.tools);
    this.#kept = new KeptTools({ ...options, names: this.#names });
    const { read, search, query, fetchAll } = this.#names;
    this.#own = new Map([
      [folded(read), (values) => this.#kept.read(values)],
      [folded(search), (values, _call, signal) => this.#kept.search(values, signal)],
      [folded(query), (values) => this.#kept.query(values)],
      [folded(fetchAll), (values, call, signal) => this.#fetchAll(values, call, signal)],
    ]);
  }

  /** It only reads what is kept: no call of the API. */
  isFree({ name }: Pick<ToolCall, "name">): boolean {
    return this.#own.has(folded(name)) && folded(name) !== folded(this.#names.fetchAll);
  }

  /** The same call again is the same answer. */
  isReadOnly(name: string): boolean {
    return this.#own.has(folded(name)) || this.#options.toolbox.find(name)?.readOnly === true;
  }

  /** Always resolves. */
  async run(call: ToolCall, signal: AbortSignal): Promise<ToolResult> {
    const own = this.#own.get(folded(call.name));
    if (!own) return await this.#callTool(call, signal);
    const started = this.#options.now();
    await this.#options.pause();
    const said =
      call.malformed !== undefined
        ? failed("The arguments are no JSON object; send them again as one.")
        : await own(call.arguments, call, signal);
    const durationMs = Math.round(this.#options.now() - started);
    return { callId: call.id, name: call.name, ...said, durationMs };
  }

  /** The result within `room` characters or little more: a longer one is kept, and this says what it looks like. */
  async fit(result: ToolResult, room: number): Promise<ToolResult> {
    const { content } = result;
    if (content.length <= (this.isFree(result) ? Math.max(room, LEAST_ROOM) : room)) return result;
    if (!this.isFree(result)) return { ...result, content: await this.#kept.keep(content, room) };
    const kept = content.slice(0, boundary(content, Math.max(room, LEAST_ROOM) - 150));
    const note = `[Cut after ${kept.length} of ${content.length} characters: there is little room left for this question. Ask for less.]`;
    return { ...result, content: `${kept}\n${note}` };
  }

  async #callTool(call: ToolCall, signal: AbortSignal): Promise<ToolResult> {
    const tool = this.#options.toolbox.find(call.name);
    const paged = tool?.readOnly && "operation" in tool ? tool : undefined;
    const { filter, plain } = takeFilter(call, tool);
    const result = await this.#options.call(plain, signal);
    if (result.status === "failed" || result.file || (filter === undefined && !paged)) return result;
    const content = splitContent(result.content);
    const value = readJson(content.body);
    const lines = paged ? this.#pageLines(paged, plain, content, value) : [];
    if (filter === undefined) return { ...result, content: joinContent(addLines(content, lines)) };
    const filtered =
      value === undefined
        ? { outcome: "refused" as const, problem: "The answer is no JSON list or object." }
        : query(value, filter, this.#options);
    if (filtered.outcome === "ready")
      return { ...result, content: joinContent(addLines({ ...content, body: filtered.text }, lines)) };
    const note = `Filter not applied: ${oneLine(filtered.problem)} The call was carried out, and this is its whole answer.`;
    const whole = joinContent(addLines(content, [...lines, note]));
    return { ...result, content: whole.length <= 2000 ? whole : await this.#kept.keep(whole, 2000) };
  }

  /** What the model is told of further pages. */
  #pageLines(
    tool: Tool,
    { arguments: given }: ToolCall,
    content: Parameters<typeof morePages>[2],
    value: unknown,
  ): string[] {
    const more = morePages(tool, given, content, value);
    if (!more) return [];
    const total = more.total === undefined ? "" : ` of ${more.total} in all`;
    if (!more.next)
      return [`More: this is only a part${total}; no argument of ${tool.name} leads to the rest.`];
    return [
      `More: this is a page${total}. Next: ${tool.name} ${stringifyJson(more.next)}. All: ${this.#names.fetchAll}.`,
    ];
  }

  async #fetchAll(values: unknown, call: ToolCall, signal: AbortSignal): Promise<Said> {
    const given = FetchAllArguments.safeParse(values);
    if (!given.success) return failed(problemOf(given.error));
    const { toolbox, progress, maxPages, maxItems, maxSize } = this.#options;
    const tool = toolbox.find(given.data.tool);
    if (!tool) return failed(`There is no tool ${JSON.stringify(given.data.tool)}.`);
    if (!("operation" in tool))
      return failed(`${tool.name} is no operation of the API, so it has no pages; call it yourself.`);
    if (tool.confirm === "always")
      return failed(`${tool.name} asks a person before each call; call it yourself, page by page.`);
    if (!tool.readOnly)
      return failed(`${tool.name} changes something; only tools that read can be called page by page.`);
    const { plain, filter = given.data[FILTER] } = takeFilter(
      { ...call, arguments: given.data.arguments },
      tool,
    );
    const fetched = await fetchAll(tool, call.id, plain.arguments, {
      maxPages,
      maxItems,
      maxSize,
      signal,
      call: (page) => this.#options.call(page, signal),
      progress: (pages, items, total) =>
        progress(
          `${tool.name}: ${items}${total === undefined ? "" : ` of ${total}`} records, ${pages} pages so far.`,
        ),
    });
    if (fetched.outcome === "failed") {
      const { status, content } = fetched.result;
      return status === "failed"
        ? failed(content)
        : failed(`${tool.name} answered with no list:\n${content.slice(0, 2000)}`);
    }
    const { items, pages, note } = fetched;
    const lines = [
      `${note === undefined ? "All of" : "Part of"} the list: ${items.length} records from ${pages} pages.`,
      ...(note === undefined ? [] : [`Not complete: ${oneLine(note)}.`]),
    ];
    const whole = stringifyJson(items);
    const filtered = filter === undefined ? undefined : query(items, filter, this.#options);
    if (filtered?.outcome === "refused") lines.push(`Filter not applied: ${oneLine(filtered.problem)}`);
    const body = filtered?.outcome === "ready" ? filtered.text : whole;
    return ok(joinContent(addLines({ head: [], body }, lines)));
  }
}

/** The call without the filter that every tool takes, unless this one has an argument of that name. */
function takeFilter(
  call: ToolCall,
  tool: AnyTool | undefined,
): { readonly filter?: string; readonly plain: ToolCall } {
  const { [FILTER]: filter, ...rest } = call.arguments;
  if (!Object.hasOwn(call.arguments, FILTER) || (tool && hasFilter(tool))) return { plain: call };
  const plain = { ...call, arguments: rest };
  return typeof filter === "string" && filter.trim() !== "" ? { filter, plain } : { plain };
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
