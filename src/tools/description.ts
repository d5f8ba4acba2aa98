import type { Operation } from "../openapi/types.ts";

/** What the model is told of an operation; ends in `(HTTP GET /users/{user_id})`. `limit` in characters. */
export function operationDescription(operation: Operation, limit: number): string {
  const { deprecated, method, path } = operation;
  const summary = oneLine(operation.summary ?? "", limit);
  const description = oneLine(operation.description ?? "", limit);
  const isRepeated = description.toLowerCase().startsWith(summary.replace(/[.!?]$/, "").toLowerCase());
  const said = [deprecated ? "Deprecated." : "", isRepeated ? "" : summary, description]
    .filter((text) => text !== "")
    .map((text) => (/[.!?:;]$/.test(text) ? text : `${text}.`))
    .join(" ");
  const where = `(HTTP ${method} ${path})`;
  return said === "" ? where : `${shortened(said, limit)} ${where}`;
}

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
