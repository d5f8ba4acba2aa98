/** Writes the replies of the demo model. */
import type { ToolResult } from "../../chat/types.ts";
import { parseJson, stringifyJson } from "../../json.ts";
import { type DemoTool, extractWords, type JsonFields, toObject } from "./demo-tool.ts";
import type { DemoPlan } from "./plan.ts";

const plural = (word: string) => `${word.replace(/([^aeiou])y$/, "$1ie").replace(/(x|ch|sh|s)$/, "$1e")}s`;
const ROWS = 10;
const COLUMNS = 6;
/** Common names of the list in an envelope. */
const LIST_KEYS = /^(data|items|results|records|entries|values?|content)$/i;
const INTRODUCTION =
  "I am the built-in demo model: I match your words to this API's operations with simple rules. I am not a language model." +
  " A real one needs credentials of AWS: the operator of this chat can set them.";

/** Formats a result: a sentence, then a table, the fields of one record, or the error of the API. */
export function formatResult({ name, status, content }: ToolResult, demoTools: readonly DemoTool[]): string {
  const noun = demoTools.find((one) => one.name === name)?.noun ?? "record";
  const data = parseBody(content);
  const fields = toObject(data);
  const envelopeList = Object.entries(fields).find(
    ([key]) => LIST_KEYS.test(key) || extractWords(key).at(-1) === noun,
  );
  const list = Array.isArray(data) ? data : "id" in fields ? undefined : envelopeList?.[1];
  if (status === "ok" && Array.isArray(list)) {
    const total = findTotal(fields) ?? list.length;
    const shown = list.slice(0, ROWS).map((row) => (Object(row) === row ? toObject(row) : { [noun]: row }));
    const part = shown.length < total ? ` The first ${shown.length} of ${total}:` : "";
    return `Found ${total} ${total === 1 ? noun : plural(noun)}.${part}${formatTable(shown)}`;
  }
  const lines = Object.entries(fields).map(([key, value]) => `- **${key}**: ${formatCell(value)}`);
  return `\`${name}\` ${status === "ok" ? "returned" : "failed"}:\n\n${lines.join("\n") || content}`;
}

/** Asks for the missing parameters of a call. */
export function askForMissing({ tool, missing }: DemoPlan): string {
  const needs = missing.map(({ name, schema }) => `**${name}** (${schema.description ?? "not described"})`);
  return `For \`${tool.name}\` I still need ${needs.join(" and ")}. Please ask again with everything in one sentence.`;
}

/** Introduces the demo model, with up to three example messages made from the tools. */
export function formatIntroduction(demoTools: readonly DemoTool[]): string {
  const simple = demoTools.filter(({ kind, words: { length } }) => length === 1 && /read|create/.test(kind));
  const examples = simple.map(({ kind, noun, parameters }) => {
    if (kind === "create") return `- create a new ${noun}`;
    return parameters.some(({ required }) => required) ? `- show me ${noun} 1` : `- list the ${plural(noun)}`;
  });
  const three = [...new Set(examples)].slice(0, 3).join("\n");
  return `${INTRODUCTION}\n\n${three ? `Try for example:\n\n${three}` : "There are no tools to call."}`;
}

/** Parses the JSON of a result, which follows the lines of status and headers; undefined when it is not JSON. */
function parseBody(content: string): unknown {
  try {
    return parseJson(content.slice(Math.max(0, content.search(/^[[{]/m))));
  } catch {
    return undefined;
  }
}

/** Returns the total count from the envelope or an object in it (`meta`, `pagination`); undefined when it has none. */
function findTotal(envelope: JsonFields): number | undefined {
  const entries = [envelope, ...Object.values(envelope).map(toObject)].flatMap(Object.entries);
  const total = entries.find(([key, value]) => /^(total|count)/i.test(key) && Number.isInteger(value));
  return total && Number(total[1]);
}

/** Formats a Markdown table of the columns whose values are short scalars in every row. */
function formatTable(rows: readonly JsonFields[]): string {
  const short = (value: unknown) => formatCell(value).length <= 40 && Object(value) !== value;
  const names = [...new Set(rows.flatMap(Object.keys))];
  const columns = names.filter((name) => rows.every((row) => short(row[name]))).slice(0, COLUMNS);
  if (columns.length === 0) return "";
  const cells = rows.map((row) => columns.map((name) => formatCell(row[name])));
  return `\n${[columns, columns.map(() => "---"), ...cells].map((line) => `\n| ${line.join(" | ")} |`).join("")}`;
}

function formatCell(value: unknown): string {
  const text = Object(value) === value ? stringifyJson(value) : String(value ?? "");
  return text.replace(/\s+/g, " ").replaceAll("|", "\\|");
}
