/** The calls of a model that searches for operations, translated to and from calls of the operations. */
import type { ToolCatalog } from "../apis/load-apis.ts";
import type { Message, ToolCall, ToolResult } from "../chat/types.ts";
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
  { search }: Pick<ToolCatalog, "search">,
  history: readonly Message[],
): TurnModel {
  if (!search) return model;
  return replaceStream(model, async function* stream(request, signal) {
    for await (const event of model.stream(translateRequest(request, search, history), signal))
      yield event.type === "call" ? { ...event, call: search.unwrap(event.call, FILTER_ARGUMENT) } : event;
  });
}

/** Replaces a call of the call tool by the call of the operation that it names. */
export function toOperationCall({ search }: Pick<ToolCatalog, "search">, call: ToolCall): ToolCall {
  return search ? search.unwrap(call, FILTER_ARGUMENT) : call;
}

function translateRequest(
  request: ModelRequest,
  search: OperationSearch,
  history: readonly Message[],
): ModelRequest {
  const described = new Set(request.tools.map(({ name }) => name));
  // A request without the call tool comes from a client that has its own tools only.
  if (!described.has(search.names.call)) return request;
  const translate = (messages: readonly Message[]) =>
    addOmittedOperations(messages, search, history).map((message) => wrapCalls(message, search, described));
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
 * Adds the signatures of operations that only omitted messages called to the first message, so that they can be called without
 * a new search. Messages are omitted in large steps, so that the beginning of the requests stays the same in between.
 */
function addOmittedOperations(
  messages: readonly Message[],
  search: OperationSearch,
  history: readonly Message[],
): readonly Message[] {
  const visible = new Set(messages.map(({ id }) => id));
  const omitted = history.filter(({ id }) => !visible.has(id));
  const [first, ...rest] = messages;
  if (omitted.length === 0 || first?.role !== "user") return messages;
  const known = new Set(listCalls(messages));
  const names = [...new Set(listCalls(omitted).toReversed())].filter((name) => !known.has(name));
  const signatures = names.flatMap((name) => search.sign(name) ?? []).slice(0, MAX_OMITTED);
  if (signatures.length === 0) return messages;
  const note = `[Operations that were called earlier in this conversation:\n${signatures.join("\n")}]`;
  return [{ ...first, text: `${note}\n\n${first.text}` }, ...rest];
}

function listCalls(messages: readonly Message[]): string[] {
  return messages.flatMap((message) =>
    message.role === "assistant"
      ? message.parts.flatMap((part) => (part.type === "call" ? [part.call.name] : []))
      : [],
  );
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
