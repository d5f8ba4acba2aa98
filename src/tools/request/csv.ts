/** Writes records as comma-separated values: https://www.rfc-editor.org/rfc/rfc4180 */
import type { JsonSchema } from "../../chat/types.ts";
import { listApplicableParts } from "../schema/alternatives.ts";
import { listItemSchemas } from "../schema/file-schema.ts";
import { isRecord } from "../schema/schema.ts";
import { formatScalar } from "./parameter-style.ts";

type Definitions = Readonly<Record<string, JsonSchema>>;

export interface CsvOptions {
  readonly separator: "," | "\t";
  /** False for `header=absent` (RFC 4180, section 3). */
  readonly hasHeader: boolean;
}

/**
 * Writes a list. Objects become rows below a header with the names of their fields, those of the schema first and in its
 * order. Lists become rows as they are, and other values rows of one field.
 */
export function writeCsv(
  value: unknown,
  schema: JsonSchema,
  definitions: Definitions,
  { separator, hasHeader }: CsvOptions,
): string {
  const records: readonly unknown[] = Array.isArray(value) ? value : [value];
  const objects = records.filter(isRecord);
  const columns = listColumns(schema, objects, definitions);
  const rows = records.map((record) =>
    isRecord(record)
      ? columns.map((name) => (Object.hasOwn(record, name) ? record[name] : ""))
      : [record].flat(),
  );
  const lines = objects.length > 0 && hasHeader ? [columns, ...rows] : rows;
  return lines
    .map((row) => `${row.map((field) => quote(formatScalar(field), separator)).join(separator)}\r\n`)
    .join("");
}

function listColumns(
  schema: JsonSchema,
  objects: readonly Record<string, unknown>[],
  definitions: Definitions,
): readonly string[] {
  const declared = listItemSchemas([schema], definitions)
    .flatMap((item) => listApplicableParts(item, objects[0], definitions))
    .flatMap(({ properties }) => (isRecord(properties) ? Object.keys(properties) : []));
  const used = new Set(objects.flatMap((object) => Object.keys(object)));
  return [...new Set([...declared, ...used])];
}

function quote(text: string, separator: string): string {
  const isPlain = !text.includes(separator) && !/["\r\n]|^\s|\s$/.test(text);
  return isPlain ? text : `"${text.replaceAll('"', '""')}"`;
}
