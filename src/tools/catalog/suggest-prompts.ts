/** Suggests first user messages from the descriptions of the operations. */
import type { Tool } from "../types.ts";

const MAX_PROMPTS = 4;

/** Added when the operations yield fewer than three prompts. It needs no tool. */
const FALLBACK_PROMPT = "What can you help me with?";

/**
 * Returns prompts that the assistant can always fulfil: first the `x-specchat` examples of read-only tools, then
 * prompts for GET operations without required arguments. Returns at most four, and none without tools.
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

/** Segments of operational endpoints, which are not about the API's subject. */
const INFRASTRUCTURE_SEGMENT =
  /^(health\w*|ping|ready\w*|live(ness|z)?|metrics|log-?(in|out)|oauth2?|docs|openapi\.\w+)$/i;

/** Returns the API's name and the first path segment that names a resource. */
function getTopic({ api, operation }: Tool): string {
  const resource = operation.path
    .split("/")
    .find((segment) => segment !== "" && !/^(api|rest|v\d+(\.\d+)*)$/i.test(segment));
  return `${api.name} ${resource}`;
}

/** Phrases an operation's summary, or else its operationId, as a request. */
function createPrompt({ operation: { summary, operationId } }: Tool): string | undefined {
  const text = extractFirstSentence(summary ?? "") ?? extractFirstSentence(splitWords(operationId ?? ""));
  if (text === undefined) return undefined;
  const [first = "", ...rest] = text.split(" ");
  const verb = VERB_FORMS[first.toLowerCase()] ?? first;
  if (VERBS.test(verb)) return [capitalize(verb), ...rest].join(" ");
  // Names and abbreviations keep their capitals.
  const start = /^[A-Z][a-z]+$/.test(first) ? first.toLowerCase() : first;
  return ["Show", start, ...rest].join(" ");
}

const VERBS =
  /^(list|get|show|find|search|retrieve|fetch|browse|compare|export|what|which|how|who|where|when)$/i;

/** The first word of a summary → its imperative. */
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

/** Returns the first sentence when it has the length of a prompt: 4 to 70 characters, at least two words. */
function extractFirstSentence(text: string): string | undefined {
  const first = text
    .replace(/\s+/g, " ")
    .trim()
    .replace(/\.( .*)?$/, "");
  return first.length >= 4 && first.length <= 70 && first.includes(" ") ? first : undefined;
}

/** Splits an identifier: `listOpenOrders`, `list_open_orders` → `list open orders`. */
function splitWords(name: string): string {
  return name
    .replace(/([a-z\d])([A-Z])/g, "$1 $2")
    .replace(/[^a-z\d]+/gi, " ")
    .toLowerCase();
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
