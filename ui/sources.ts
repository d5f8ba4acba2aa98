/** Reads the sources in the result of a search of knowledge bases: `{"passages": [{"source", "text"}]}`. */
const BEGINNING = '{"passages":[';

/** Returns each source once, in the order of the passages; none for any other result. */
export function readSources(result: unknown): readonly string[] {
  if (typeof result !== "string" || !result.startsWith(BEGINNING)) return [];
  try {
    const { passages }: { passages: unknown } = JSON.parse(result);
    const sources = Array.isArray(passages) ? passages.map((passage) => Object(passage).source) : [];
    return [...new Set(sources.filter((source): source is string => typeof source === "string"))];
  } catch {
    return [];
  }
}
