/** The part of the system prompt that explains filters, pages and stored results. */
import { type BuiltinToolNames, FILTER_ARGUMENT } from "./definitions.ts";

/** Builds the guide, which applies to all tools and is part of the cached prefix. */
export function buildResultsGuide({ read, search, query, fetchAll, chart }: BuiltinToolNames): string {
  const chartLine =
    chart === undefined
      ? ""
      : `\n- When people would rather look than read (a trend, a comparison, shares), show ${chart} and say in a sentence what it shows. Give it few rows, aggregated; for a kept result give its id and a filter instead of copying rows.`;
  return `Responses of any size:
- Every tool takes one more argument, \`${FILTER_ARGUMENT}\`: a JMESPath expression over its JSON response, applied before you see it. Use it whenever you need only part of a long response: \`[*].{id: id, name: name}\`, \`items[?price > \`50\`] | [:20]\`, \`length(items)\`. Numbers stand in backticks, texts in single quotes.
- A response too long to show is kept in full under an id, and you see its shape. Get the rest with ${query} (JMESPath, for JSON), ${search} and ${read}; these calls are free.
- "More:" above a response says that there are further pages and how to call the next one. ${fetchAll} gets all of them at once; count, sum or compare over a list only when you have all of it.${chartLine}`;
}
