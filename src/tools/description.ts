import type { Operation } from "../openapi/types.ts";

/** What the model is told of an operation; ends in `(HTTP GET /users/{user_id})`. `limit` in characters. */
export function operationDescription(operation: Operation, limit: number): string {
  const { summary = "", description = "", deprecated, method, path } = operation;
  const said = [deprecated ? "Deprecated." : "", ...withoutRepetition(summary, description)]
    .map(oneLine)
    .filter((text) => text !== "")
    .map((text) => (/[.!?:;]$/.test(text) ? text : `${text}.`))
    .join(" ");
  const where = `(HTTP ${method} ${path})`;
  return said === "" ? where : `${shortened(said, limit)} ${where}`;
}

/**
 * At most `limit` characters, cut after a sentence when one ends in the second half, else between words. Never empty
 * unless the text is.
 */
export function shortened(text: string, limit: number): string {
  const line = oneLine(text);
  if (line.length <= limit) return line;
  const head = line.slice(0, Math.max(limit, 2) - 1).toWellFormed();
  const sentence = Math.max(head.lastIndexOf(". "), head.lastIndexOf("! "), head.lastIndexOf("? "));
  if (sentence >= limit / 2) return head.slice(0, sentence + 1);
  const word = head.lastIndexOf(" ");
  return `${head.slice(0, word > limit / 2 ? word : head.length).trimEnd()}…`;
}

function withoutRepetition(summary: string, description: string): string[] {
  const plain = (text: string) => oneLine(text).replace(/\W+$/, "").toLowerCase();
  return plain(description).startsWith(plain(summary)) ? [description] : [summary, description];
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
