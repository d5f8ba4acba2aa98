/** Reads the names and descriptions of enumerated values, which generators note beside an `enum`. */
import { getOwn, isObject, type JsonObject, listOf, objectOf, textOf, writeText } from "../document/value.ts";

const NAME_KEYWORDS = [
  "x-enumNames",
  "x-enum-names",
  "x-enumnames",
  "x-enum-varnames",
  "x-enum-var-names",
  "x-enumVarnames",
  "x-speakeasy-enums",
];
const DESCRIPTION_KEYWORDS = [
  "x-enum-descriptions",
  "x-enumDescriptions",
  "x-enum-description",
  "x-enumdescriptions",
  "x-speakeasy-enum-descriptions",
];
/** Objects that hold names and descriptions together. */
const COMBINED_KEYWORDS = ["x-ms-enum", "x-fern-enum"];

/** The keywords that name values. */
export const VALUE_NAME_KEYWORDS: ReadonlySet<string> = new Set([
  ...NAME_KEYWORDS,
  ...DESCRIPTION_KEYWORDS,
  ...COMBINED_KEYWORDS,
]);

/** The keyword of normalised schemas that holds the names: `0 = Open; 1 = Closed`. */
export const VALUE_NAMES = "x-value-names";

/** Returns what the values of a schema mean, as one line. Undefined when the values say it themselves. */
export function describeValues(schema: JsonObject): string | undefined {
  const values = "const" in schema ? [schema.const] : listOf(schema.enum);
  if (values.length === 0 || !Object.keys(schema).some((keyword) => VALUE_NAME_KEYWORDS.has(keyword)))
    return undefined;
  const lines = values.flatMap((value, index) => {
    const combined = findCombined(schema, value);
    const name = find(schema, NAME_KEYWORDS, value, index) ?? textOf(combined.name);
    const description = find(schema, DESCRIPTION_KEYWORDS, value, index) ?? textOf(combined.description);
    const isOwnName = name === undefined || normalize(name) === normalize(writeText(value));
    const meaning = [isOwnName ? undefined : name, description].filter((text) => text?.trim()).join(": ");
    return meaning === "" ? [] : [`${writeText(value)} = ${meaning.replace(/\s+/g, " ").trim()}`];
  });
  return lines.length === 0 ? undefined : lines.join("; ");
}

/** Finds the text of a value in lists parallel to the values, and in maps by value. */
function find(
  schema: JsonObject,
  keywords: readonly string[],
  value: unknown,
  index: number,
): string | undefined {
  for (const keyword of keywords) {
    const list = schema[keyword];
    const text = Array.isArray(list)
      ? list[index]
      : isObject(list)
        ? getOwn(list, writeText(value))
        : undefined;
    if (typeof text === "string" && text !== "") return text;
  }
  return undefined;
}

function findCombined(schema: JsonObject, value: unknown): JsonObject {
  const listed = listOf(objectOf(schema["x-ms-enum"]).values).find(
    (entry) => isObject(entry) && writeText(entry.value) === writeText(value),
  );
  return objectOf(listed ?? getOwn(objectOf(schema["x-fern-enum"]), writeText(value)));
}

function normalize(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
}
