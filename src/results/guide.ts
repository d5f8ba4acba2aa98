import { type BuiltinToolNames, FILTER_ARGUMENT } from "./definitions.ts";

/** What the model is told of filters, pages and kept results, once for all tools. Part of the cached prefix. */
export function buildResultsGuide({ read, search, query, fetchAll }: BuiltinToolNames): string {
  return `Answers of any size:
- Every tool takes one more argument, \`${FILTER_ARGUMENT}\`: a JMESPath expression over the JSON it answers with, applied before you see it. Use it whenever you need only part of a long answer: \`[*].{id: id, name: name}\`, \`items[?price > \`50\`] | [:20]\`, \`length(items)\`. Numbers stand in backticks, texts in single quotes.
- An answer too long to show is kept whole under an id, and you see its shape. Get the rest with ${query} (JMESPath, for JSON), ${search} and ${read}; these calls are free.
- "More:" above an answer says that there are further pages and how to call the next one. ${fetchAll} gets all of them at once; count, sum or compare over a list only when you have all of it.`;
}
