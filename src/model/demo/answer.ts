import type { ToolCall, ToolResult } from "../../chat/types.ts";
import { parseJson, stringifyJson } from "../../json.ts";
import { type Ability, type Argument, object } from "./abilities.ts";
import { plural } from "./words.ts";

type Row = Readonly<Record<string, unknown>>;
const ROWS = 10;
const COLUMNS = 6;
const ABOUT_ME =
  "I am the built-in demo model: I match your words with this API's operations by simple rules; there is no language" +
  " model behind me. For a real one, start with `--model` and AWS credentials for Amazon Bedrock.";

/** The records of a result's JSON, wherever that stands in the text: the list it is or holds, or the one object. */
export function recordsOf(content: string): { list: boolean; records: readonly Row[]; total: number } {
  const data = read(content);
  const fields = object(data);
  const values = [data, ...("id" in fields ? [] : Object.values(fields))];
  const list = values.find(
    (one): one is object[] => Array.isArray(one) && one.every((row) => typeof row === "object"),
  );
  if (!list) return { list: false, records: Object.keys(fields).length > 0 ? [fields] : [], total: 1 };
  const [total] = Object.keys(fields).filter(
    (key) => /total|count/i.test(key) && Number.isInteger(fields[key]),
  );
  return { list: true, records: list.map(object), total: total ? Number(fields[total]) : list.length };
}

/** A short sentence and the data: a table, the fields of one record, or what the API said went wrong. */
export function answer(call: ToolCall, result: ToolResult, ability?: Ability): string {
  const given = Object.entries(call.arguments).map(([name, value]) => `${name} ${cell(value)}`);
  const asked = given.length > 0 ? ` (${given.join(", ")})` : "";
  if (result.status === "failed") return `\`${call.name}\`${asked} failed: ${trouble(result.content)}`;
  const { list, records, total } = recordsOf(result.content);
  if (list) {
    const noun = ability?.noun || "record";
    const found = total === 1 ? `There is 1 ${noun}` : `There are ${total || "no"} ${plural(noun)}`;
    const shown = records.slice(0, ROWS);
    const part = shown.length < total ? `, here are the first ${shown.length}` : "";
    return shown.length === 0 ? `${found}${asked}.` : `${found}${asked}${part}:\n\n${table(shown)}`;
  }
  const fields = Object.entries(records[0] ?? {}).filter(([, value]) => value !== null);
  const lines = fields.map(([name, value]) => `- **${name}**: ${cell(value)}`).join("\n");
  if (ability?.intent === "read")
    return `This is what \`${call.name}\`${asked} found:\n\n${lines || result.content}`;
  return `Done: \`${call.name}\`${asked}${lines ? `:\n\n${lines}` : "."}`;
}

/** Asks in plain words for what a call still needs. */
export function question(tool: string, missing: readonly Argument[]): string {
  const needs = missing.map(
    ({ name, description }) => `**${name}**${description ? ` (${description})` : ""}`,
  );
  return `For \`${tool}\` I still need ${needs.join(" and ")}. What is it?`;
}

/** What this is, and three questions made from the tools at hand. */
export function introduction(abilities: readonly Ability[]): string {
  const lists = abilities.filter(
    (one) => one.intent === "read" && !one.single && !one.arguments.some(({ required }) => required),
  );
  const choices = lists.flatMap(({ noun, arguments: all }) => {
    const choice = all.find((one) => one.choices.length > 0 && !one.words.includes("sort"))?.choices[0];
    return choice ? [`show me the ${choice} ${plural(noun)}`] : [];
  });
  const creates = abilities.filter(({ intent }) => intent === "create").map(({ noun }) => `add a ${noun}`);
  const singles = abilities.filter(({ single }) => single).map(({ noun }) => `show me ${noun} 1`);
  const plain = lists.map(({ noun }) => `list the ${plural(noun)}`);
  const examples = [plain[0], choices[0], singles.at(-1), creates[0]].filter(Boolean).slice(0, 3);
  if (examples.length === 0) return `${ABOUT_ME}\n\nThere are no tools to call.`;
  return `${ABOUT_ME}\n\nTry for example:\n\n- ${examples.join("\n- ")}`;
}

function read(content: string): unknown {
  try {
    return parseJson(content.slice(Math.max(0, content.search(/^[[{]/m))));
  } catch {
    return undefined;
  }
}

/** The API's message and the fields it names, or the result's text. */
function trouble(content: string): string {
  const { detail, message, error, title, errors = [] } = object(read(content));
  const said = [detail, message, object(error).message, error, title].find((one) => typeof one === "string");
  return [
    said ?? content,
    ...[errors].flat().map((one) => `- ${Object.values(object(one)).join(": ")}`),
  ].join("\n");
}

function table(rows: readonly Row[]): string {
  const short = (value: unknown) => cell(value).length <= 40 && (value === null || typeof value !== "object");
  const names = [...new Set(rows.flatMap(Object.keys))].filter((name) =>
    rows.every((row) => short(row[name])),
  );
  const columns = names.slice(0, COLUMNS);
  const lines = [
    columns,
    columns.map(() => "---"),
    ...rows.map((row) => columns.map((name) => cell(row[name]))),
  ];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function cell(value: unknown): string {
  const text = typeof value === "object" && value !== null ? stringifyJson(value) : String(value ?? "");
  return text.replace(/\s+/g, " ").replaceAll("|", "\\|");
}
