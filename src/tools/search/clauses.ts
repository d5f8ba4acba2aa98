/** Splits a query that asks for several things: "add a label to the issue and assign it to someone". */
import { classifyVerb } from "./verbs.ts";
import { STOP_WORDS, splitWords } from "./words.ts";

/** Returns the parts, each of which has a verb and a noun. Returns the query itself when there are no two such parts. */
export function splitClauses(query: string): readonly string[] {
  const parts = query.split(/\s*[,;\n]\s*(?:and\s+|then\s+)*|\s+(?:and\s+then|and|then)\s+/i);
  return parts.length > 1 && parts.length <= MAX_CLAUSES && parts.every(isClause) ? parts : [query];
}

const MAX_CLAUSES = 4;

function isClause(part: string): boolean {
  const words = splitWords(part).filter((word) => !STOP_WORDS.has(word));
  return words.length > 1 && classifyVerb(words[0] ?? "") !== undefined;
}
