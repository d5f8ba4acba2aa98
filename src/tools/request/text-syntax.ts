/** Writes structured values in the syntax of a text: XML, CSV, JSON lines or YAML. */
import type { JsonSchema } from "../../chat/types.ts";
import { parseJson, stringifyJson } from "../../json.ts";
import type { MediaType } from "../../openapi/types.ts";
import type { TextSyntax } from "../schema/media-type.ts";
import { isRecord } from "../schema/schema.ts";
import { writeCsv } from "./csv.ts";
import { writeXml } from "./xml.ts";

type Definitions = Readonly<Record<string, JsonSchema>>;

/** Writes a structured value. Adds to `problems` what the syntax cannot express. */
export function writeSyntax(
  syntax: TextSyntax,
  value: unknown,
  { mediaType, parameters, schema, schemaName }: MediaType,
  definitions: Definitions,
  problems: string[],
): string {
  if (syntax === "xml") return writeXml(value, schema, definitions, problems, schemaName);
  // YAML includes JSON.
  if (syntax === "yaml") return stringifyJson(value);
  if (syntax === "lines") return writeLines(value, mediaType.endsWith("json-seq") ? "\x1e" : "");
  const separator = /tab-separated|tsv/.test(mediaType) ? "\t" : ",";
  const hasHeader = !/(^|;|\s)header\s*=\s*"?absent/i.test(parameters ?? "");
  return writeCsv(value, schema, definitions, { separator, hasHeader });
}

/** Writes a list as JSON lines, one value each. Those of a sequence (RFC 7464) begin with a record separator. */
function writeLines(value: unknown, start: string): string {
  return [value]
    .flat()
    .map((item) => `${start}${stringifyJson(item)}\n`)
    .join("");
}

/** Returns the structured value of an argument; undefined for a text that is sent as it is. Models also write JSON texts. */
export function readStructure(value: unknown): unknown {
  if (typeof value !== "string") return value;
  if (!/^\s*[[{]/.test(value)) return undefined;
  try {
    const parsed = parseJson(value);
    return isRecord(parsed) || Array.isArray(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}
