/** Questions that a person could begin with, made from what the operations say of themselves. */
import type { Tool } from "../types.ts";

/** As many as are seen at a glance. */
const MOST = 4;

/** Where the operations give too few: it always has an answer. */
const FALLBACK = "What can you help me with?";

/**
 * First those written for tools that change nothing (`x-specchat`), then those of reading operations that need no
 * argument: clicked, each has an answer. Empty when there are no tools.
 */
export function exampleQuestions(tools: readonly Tool[]): readonly string[] {
  const candidates = tools
    .filter(isAnswerable)
    .flatMap((tool) => {
      const text = question(tool);
      return text === undefined ? [] : [{ text, topic: topic(tool), isList: LISTS.test(text) }];
    })
    .toSorted((one, other) => Number(other.isList) - Number(one.isList));
  const seen = new Set<string>();
  const firsts = candidates.filter(({ topic }) => !seen.has(topic) && seen.add(topic));
  const found = [
    ...new Set([...tools.flatMap(written), ...[...firsts, ...candidates].map(({ text }) => text)]),
  ];
  return tools.length === 0 || found.length >= 3 ? found.slice(0, MOST) : [...found, FALLBACK];
}

function written({ readOnly, curation }: Tool): readonly string[] {
  return readOnly ? (curation.examples ?? []).filter((example) => typeof example === "string") : [];
}

function isAnswerable({ operation, inputSchema }: Tool): boolean {
  const { required } = inputSchema;
  if (operation.method !== "GET" || operation.deprecated) return false;
  if (Array.isArray(required) && required.length > 0) return false;
  return !operation.path.split("/").some((segment) => MACHINERY.test(segment));
}

/** What runs an API rather than what it is about. */
const MACHINERY =
  /^(health\w*|ping|ready\w*|live(ness|z)?|metrics|log-?(in|out)|oauth2?|docs|openapi\.\w+)$/i;

/** The first part of the path that names a thing. */
function topic({ api, operation }: Tool): string {
  const named = operation.path
    .split("/")
    .find((segment) => segment !== "" && !/^(api|rest|v\d+(\.\d+)*)$/i.test(segment));
  return `${api.name} ${named}`;
}

function question({ operation: { summary, operationId } }: Tool): string | undefined {
  const text = sentence(summary ?? "") ?? sentence(words(operationId ?? ""));
  if (text === undefined) return undefined;
  const [first = "", ...rest] = text.split(" ");
  const verb = PLAIN[first.toLowerCase()] ?? first;
  if (VERBS.test(verb)) return [capitalised(verb), ...rest].join(" ");
  // A name or an abbreviation keeps its capitals.
  const begin = /^[A-Z][a-z]+$/.test(first) ? first.toLowerCase() : first;
  return ["Show", begin, ...rest].join(" ");
}

const VERBS =
  /^(list|get|show|find|search|retrieve|fetch|browse|compare|export|what|which|how|who|where|when)$/i;

/** What an operation does → what a person asks for. */
const PLAIN: Readonly<Record<string, string>> = {
  lists: "list",
  gets: "get",
  shows: "show",
  finds: "find",
  searches: "search",
  retrieves: "retrieve",
  fetches: "fetch",
  returns: "show",
  return: "show",
};

const LISTS = /^(list|search|browse)\b|\ball\b/i;

/** The first sentence, if it is one that a person would write. */
function sentence(text: string): string | undefined {
  const first = text
    .replace(/\s+/g, " ")
    .trim()
    .replace(/\.( .*)?$/, "");
  return first.length >= 4 && first.length <= 70 && first.includes(" ") ? first : undefined;
}

/** `listOpenOrders`, `list_open_orders` → `list open orders`. */
function words(name: string): string {
  return name
    .replace(/([a-z\d])([A-Z])/g, "$1 $2")
    .replace(/[^a-z\d]+/gi, " ")
    .toLowerCase();
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
