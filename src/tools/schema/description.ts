/** Describes operations to the model. */
import { stringifyJson } from "../../json.ts";
import type { Operation } from "../../openapi/types.ts";
import type { Curation } from "../catalog/types.ts";

/**
 * Describes an operation to the model in about `limit` characters. The text ends with the tools that its response leads
 * to and `(HTTP GET /users/{user_id})`. A description of `x-specchat` has a higher limit, as it is written for the model.
 */
export function describeOperation(
  operation: Operation,
  limit: number,
  curation: Curation = {},
  links = "",
): string {
  const { deprecated, method, path } = operation;
  const curated = curation.description;
  const effectiveLimit = curated === undefined ? limit : Math.max(limit, MIN_CURATED_LIMIT);
  const summary = curated === undefined ? toSingleLine(operation.summary ?? "", effectiveLimit) : "";
  const description = toSingleLine(curated ?? operation.description ?? "", effectiveLimit);
  const title = summary.replace(/[.!?]$/, "");
  const isRepeated = description.slice(0, title.length).toLowerCase() === title.toLowerCase();
  const body = [deprecated ? "Deprecated." : "", isRepeated ? "" : summary, description]
    .filter((text) => text !== "")
    .map((text) => (/[.!?:;]$/.test(text) ? text : `${text}.`))
    .join(" ");
  const examples = (curation.examples ?? []).map((example) => stringifyJson(example)).join("; ");
  return [
    cutLine(body, effectiveLimit),
    examples === "" ? "" : shorten(`Examples: ${examples}.`, effectiveLimit),
    links,
    `(HTTP ${method} ${path})`,
  ]
    .filter((text) => text !== "")
    .join(" ");
}

const MIN_CURATED_LIMIT = 4000;

/**
 * Shortens a text to one line of at most `limit` characters, with Markdown links replaced by their text. It is cut
 * after a sentence that ends in the second half, otherwise between words. Only an empty text has an empty result.
 */
export function shorten(text: string, limit: number): string {
  return cutLine(toSingleLine(text, limit), limit);
}

function cutLine(line: string, limit: number): string {
  if (line.length <= limit) return line;
  const head = line.slice(0, Math.max(limit, 2) - 1).toWellFormed();
  const sentence = Math.max(head.lastIndexOf(". "), head.lastIndexOf("! "), head.lastIndexOf("? "));
  if (sentence >= limit / 2) return head.slice(0, sentence + 1);
  const word = head.lastIndexOf(" ");
  return `${head.slice(0, word > limit / 2 ? word : head.length).trimEnd()}…`;
}

/**
 * Joins a text to one line and removes Markdown links. Of a long text only the beginning is processed; the result is
 * then still longer than `limit`.
 */
function toSingleLine(text: string, limit: number): string {
  const excerpt = text.length <= limit * 2 + 1000 ? text : text.slice(0, limit * 2 + 1000);
  const plain = excerpt.includes("](") ? excerpt.replace(/!?\[([^\][]*)\]\([^()\s]*\)/g, "$1") : excerpt;
  return plain.replace(/\s{2,}|[^\S ]/g, " ").trim();
}
