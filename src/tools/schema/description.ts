import type { Operation } from "../../openapi/types.ts";
import type { Curation } from "../types.ts";

/**
 * What the model is told of an operation; ends in `(HTTP GET /users/{user_id})`. `limit` in characters; a description
 * that was written for the model has its own.
 */
export function operationDescription(operation: Operation, limit: number, curation: Curation = {}): string {
  const { deprecated, method, path } = operation;
  const own = curation.description;
  const room = own === undefined ? limit : Math.max(limit, ROOM_FOR_OWN);
  const summary = own === undefined ? oneLine(operation.summary ?? "", room) : "";
  const description = oneLine(own ?? operation.description ?? "", room);
  const isRepeated = description.toLowerCase().startsWith(summary.replace(/[.!?]$/, "").toLowerCase());
  const said = [deprecated ? "Deprecated." : "", isRepeated ? "" : summary, description]
    .filter((text) => text !== "")
    .map((text) => (/[.!?:;]$/.test(text) ? text : `${text}.`))
    .join(" ");
  const examples = (curation.examples ?? []).map((example) => JSON.stringify(example)).join("; ");
  return [
    shortened(said, room),
    examples === "" ? "" : shortened(`Examples: ${examples}.`, room),
    `(HTTP ${method} ${path})`,
  ]
    .filter((text) => text !== "")
    .join(" ");
}

const ROOM_FOR_OWN = 4000;

/**
 * At most `limit` characters on one line, links as their text; cut after a sentence when one ends in the second half,
 * else between words. Never empty unless the text is.
 */
export function shortened(text: string, limit: number): string {
  const line = oneLine(text, limit);
  if (line.length <= limit) return line;
  const head = line.slice(0, Math.max(limit, 2) - 1).toWellFormed();
  const sentence = Math.max(head.lastIndexOf(". "), head.lastIndexOf("! "), head.lastIndexOf("? "));
  if (sentence >= limit / 2) return head.slice(0, sentence + 1);
  const word = head.lastIndexOf(" ");
  return `${head.slice(0, word > limit / 2 ? word : head.length).trimEnd()}…`;
}

/** The beginning of a text, longer than `limit` if the text is: no more of a long one is looked at than is needed. */
function oneLine(text: string, limit: number): string {
  const enough = text.length <= limit * 2 + 1000 ? text : text.slice(0, limit * 2 + 1000);
  const plain = enough.includes("](") ? enough.replace(/!?\[([^\][]*)\]\([^()\s]*\)/g, "$1") : enough;
  return plain.replace(/\s{2,}|[^\S ]/g, " ").trim();
}
