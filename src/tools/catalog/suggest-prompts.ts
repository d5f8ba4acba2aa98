/** Questions that a person could begin with, made from what the operations say of themselves. */
import type { Tool } from "../types.ts";

/** As many as are seen at a glance. */
const MAX_PROMPTS = 4;

/** Where the operations give too few: it always has an answer. */
const FALLBACK_PROMPT = "What can you help me with?";

/**
 * First those written for tools that change nothing (`x-specchat`), then those of reading operations that need no
 * argument: clicked, each has an answer. Empty when there are no tools.
 */
export function suggestPrompts(tools: readonly Tool[]): readonly string[] {
  const candidates = tools
    .filter(isSuggestable)
    .flatMap((tool) => {
      const text = createPrompt(tool);
      return text === undefined ? [] : [{ text, topic: getTopic(tool), isList: LIST_PATTERN.test(text) }];
    })
    .toSorted((one, other) => Number(other.isList) - Number(one.isList));
  const seen = new Set<string>();
  const firstPerTopic = candidates.filter(({ topic }) => !seen.has(topic) && seen.add(topic));
  const prompts = [
    ...new Set([
      ...tools.flatMap(listCuratedPrompts),
      ...[...firstPerTopic, ...candidates].map(({ text }) => text),
    ]),
  ];
  return tools.length === 0 || prompts.length >= 3
    ? prompts.slice(0, MAX_PROMPTS)
    : [...prompts, FALLBACK_PROMPT];
}

function listCuratedPrompts({ readOnly, curation }: Tool): readonly string[] {
  return readOnly ? (curation.examples ?? []).filter((example) => typeof example === "string") : [];
}

function isSuggestable({ operation, inputSchema }: Tool): boolean {
  const { required } = inputSchema;
  if (operation.method !== "GET" || operation.deprecated) return false;
  if (Array.isArray(required) && required.length > 0) return false;
  return !operation.path.split("/").some((segment) => INFRASTRUCTURE_SEGMENT.test(segment));
}

/** What runs an API rather than what it is about. */
const INFRASTRUCTURE_SEGMENT =
  /^(health\w*|ping|ready\w*|live(ness|z)?|metrics|log-?(in|out)|oauth2?|docs|openapi\.\w+)$/i;

/** The first part of the path that names a thing. */
function getTopic({ api, operation }: Tool): string {
  const resource = operation.path
    .split("/")
    .find((segment) => segment !== "" && !/^(api|rest|v\d+(\.\d+)*)$/i.test(segment));
  return `${api.name} ${resource}`;
}

function createPrompt({ operation: { summary, operationId } }: Tool): string | undefined {
  const text = firstSentence(summary ?? "") ?? firstSentence(splitWords(operationId ?? ""));
  if (text === undefined) return undefined;
  const [first = "", ...rest] = text.split(" ");
  const verb = VERB_FORMS[first.toLowerCase()] ?? first;
  if (VERBS.test(verb)) return [capitalize(verb), ...rest].join(" ");
  // A name or an abbreviation keeps its capitals.
  const start = /^[A-Z][a-z]+$/.test(first) ? first.toLowerCase() : first;
  return ["Show", start, ...rest].join(" ");
}

const VERBS =
  /^(list|get|show|find|search|retrieve|fetch|browse|compare|export|what|which|how|who|where|when)$/i;

/** What an operation does → what a person asks for. */
const VERB_FORMS: Readonly<Record<string, string>> = {
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

const LIST_PATTERN = /^(list|search|browse)\b|\ball\b/i;

/** The first sentence, if it is one that a person would write. */
function firstSentence(text: string): string | undefined {
  const first = text
    .replace(/\s+/g, " ")
    .trim()
    .replace(/\.( .*)?$/, "");
  return first.length >= 4 && first.length <= 70 && first.includes(" ") ? first : undefined;
}

/** `listOpenOrders`, `list_open_orders` → `list open orders`. */
function splitWords(name: string): string {
  return name
    .replace(/([a-z\d])([A-Z])/g, "$1 $2")
    .replace(/[^a-z\d]+/gi, " ")
    .toLowerCase();
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
