/** The calls of a model that searches for operations, translated to and from calls of the operations. */
import type { ToolCatalog } from "../apis/load-apis.ts";
import type { Message, ToolCall, ToolResult } from "../chat/types.ts";
import { isObject } from "../json.ts";
import type { ModelRequest } from "../model/types.ts";
import { FILTER_ARGUMENT } from "../results/definitions.ts";
import type { OperationSearch, SearchOutcome } from "../tools/search/operation-search.ts";
import { replaceStream, type TurnModel } from "./turn-model.ts";

/**
 * Returns the model with its calls translated: everything but the model sees the operation that runs. In the messages of a
 * request, calls of tools that are not described to the model become calls of the call tool again.
 * @param history the messages before the turn. Operations called in those that a request omits stay known to the model.
 */
export function withSearchedTools(
  model: TurnModel,
  catalog: SearchCatalog,
  history: readonly Message[],
): TurnModel {
  const { search } = catalog;
  if (!search) return model;
  const omitted = new OmittedOperations(search, history);
  return replaceStream(model, async function* stream(request, signal) {
    for await (const event of model.stream(translateRequest(request, search, omitted), signal))
      yield event.type === "call" ? { ...event, call: toOperationCall(catalog, event.call) } : event;
  });
}

type SearchCatalog = Pick<ToolCatalog, "search" | "builtinNames">;

/** Replaces a call of the call tool by the call of the operation that it names, also as the tool whose pages are fetched. */
export function toOperationCall({ search, builtinNames }: SearchCatalog, call: ToolCall): ToolCall {
  if (!search) return call;
  const { tool, arguments: values } = call.arguments;
  if (call.name !== builtinNames.fetchAll || tool !== search.names.call || !isObject(values))
    return search.unwrap(call, FILTER_ARGUMENT);
  const inner = search.unwrap({ id: call.id, name: tool, arguments: values }, FILTER_ARGUMENT);
  return { ...call, arguments: { ...call.arguments, tool: inner.name, arguments: inner.arguments } };
}

function translateRequest(
  request: ModelRequest,
  search: OperationSearch,
  omitted: OmittedOperations,
): ModelRequest {
  const described = new Set(request.tools.map(({ name }) => name));
  // A request without the call tool comes from a client that has its own tools only.
  if (!described.has(search.names.call)) return request;
  const translate = (messages: readonly Message[]) =>
    omitted.addTo(messages).map((message) => wrapCalls(message, search, described));
  const { refit } = request;
  return {
    ...request,
    messages: translate(request.messages),
    refit:
      refit &&
      ((limits) => {
        const messages = refit(limits);
        return messages && translate(messages);
      }),
  };
}

/** The operations of omitted messages that are named, the last ones used. */
const MAX_OMITTED = 12;

/**
 * Adds the signatures of operations that omitted messages called to the first message, so that they can be called without a
 * new search. They depend on nothing but the omitted messages. These change in large steps, so that the beginning of the
 * requests stays the same in between.
 */
class OmittedOperations {
  readonly #search: OperationSearch;
  readonly #history: readonly Message[];
  /** The number of omitted messages, and the note about them. */
  #last = { count: 0, note: "" };

  constructor(search: OperationSearch, history: readonly Message[]) {
    this.#search = search;
    this.#history = history;
  }

  addTo(messages: readonly Message[]): readonly Message[] {
    const [first, ...rest] = messages;
    if (first?.role !== "user") return messages;
    const count = this.#countOmitted(messages);
    if (count !== this.#last.count) this.#last = { count, note: this.#describe(count) };
    const { note } = this.#last;
    return note === "" ? messages : [{ ...first, text: `${note}\n\n${first.text}` }, ...rest];
  }

  /** Messages are omitted from the beginning. */
  #countOmitted(messages: readonly Message[]): number {
    const visible = new Set(messages.map(({ id }) => id));
    return this.#history.findLastIndex(({ id }) => !visible.has(id)) + 1;
  }

  #describe(count: number): string {
    const names = new Set<string>();
    for (let index = count - 1; index >= 0 && names.size < MAX_OMITTED; index--)
      for (const name of listCalls(this.#history[index]).toReversed())
        if (names.size < MAX_OMITTED && this.#search.sign(name) !== undefined) names.add(name);
    const signatures = [...names].flatMap((name) => this.#search.sign(name) ?? []);
    if (signatures.length === 0) return "";
    return `[Operations that were called earlier in this conversation:\n${signatures.join("\n")}]`;
  }
}

function listCalls(message: Message | undefined): string[] {
  return message?.role === "assistant"
    ? message.parts.flatMap((part) => (part.type === "call" ? [part.call.name] : []))
    : [];
}

function wrapCalls(message: Message, search: OperationSearch, described: ReadonlySet<string>): Message {
  if (message.role !== "assistant") return message;
  const isSearched = ({ name, malformed }: ToolCall) => malformed === undefined && !described.has(name);
  if (!message.parts.some((part) => part.type === "call" && isSearched(part.call))) return message;
  const parts = message.parts.map((part) =>
    part.type === "call" && isSearched(part.call)
      ? { ...part, call: search.wrap(part.call, FILTER_ARGUMENT) }
      : part,
  );
  return { ...message, parts };
}

/** Returns whether a tool is one of the search tools, which only read the catalog. */
export function isSearchTool(
  { search }: { readonly search?: OperationSearch | undefined },
  name: string,
): boolean {
  const { find, describe, call } = search?.names ?? {};
  return name === find || name === describe || name === call;
}

/** Runs the calls of the search tools themselves. */
export class SearchCalls {
  readonly #search: OperationSearch | undefined;
  readonly #now: () => number;

  constructor({ search }: { readonly search?: OperationSearch | undefined }, now: () => number) {
    this.#search = search;
    this.#now = now;
  }

  /** Returns whether a tool only reads the catalog. */
  includes(name: string): boolean {
    return isSearchTool({ search: this.#search }, name);
  }

  /** Runs a call. Never rejects. */
  async run(call: ToolCall): Promise<ToolResult> {
    const startedAt = this.#now();
    const outcome = await this.#answer(call);
    const durationMs = Math.round(this.#now() - startedAt);
    const result = { callId: call.id, name: call.name, durationMs };
    return outcome.outcome === "found"
      ? { ...result, status: "ok", content: outcome.text }
      : { ...result, status: "failed", content: outcome.problem };
  }

  async #answer({ name, arguments: values, malformed }: ToolCall): Promise<SearchOutcome> {
    const search = this.#search;
    if (!search || malformed !== undefined)
      return { outcome: "refused", problem: "The arguments are not a JSON object; send them again as one." };
    if (name === search.names.find) return await search.find(values);
    if (name === search.names.describe) return search.describe(values);
    // A complete call has been translated to the operation it names.
    return {
      outcome: "refused",
      problem: "name and arguments are needed: the name of an operation, and an object with its arguments.",
    };
  }
}
