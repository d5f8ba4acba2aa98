import type { ToolCall, ToolResult } from "../../chat/types.ts";
import { parseJson, stringifyJson } from "../../json.ts";
import { type Ability, type Argument, object } from "./abilities.ts";
import { plural } from "./words.ts";

type Row = Readonly<Record<string, unknown>>;
const ROWS = 10;
const COLUMNS = 6;

/** The records of a result's JSON, wherever that stands in the text: the list it is or holds, or the one object. */
export function recordsOf(content: string): { list: boolean; records: readonly Row[]; total: number } {
  const data = read(content);
  const fields = object(data);
  const values = "id" in fields ? [] : Object.values(fields);
  const list = [data, ...values].find(
    (one): one is object[] => Array.isArray(one) && one.every((row) => typeof row === "object"),
  );
  if (!list) return { list: false, records: Object.keys(fields).length > 0 ? [fields] : [], total: 1 };
  const total = Object.entries(fields).find(
    ([key, value]) => /total|count/i.test(key) && typeof value === "number",
  )?.[1];
  return { list: true, records: list.map(object), total: Number(total ?? list.length) };
}

/** A short sentence and the data: a table, the fields of one record, or what the API said went wrong. */
export function answer(call: ToolCall, result: ToolResult, ability?: Ability): string {
  const given = Object.entries(call.arguments).map(([name, value]) => `${name} ${cell(value)}`);
  const asked = given.length > 0 ? ` (${given.join(", ")})` : "";
  if (result.status === "failed") return `\`${call.name}\`${asked} failed: ${trouble(result.content)}`;
  const { list, records, total } = recordsOf(result.content);
  if (list) {
    const shown = records.slice(0, ROWS);
    const noun = ability?.noun || "record";
    const found = total === 1 ? `There is 1 ${noun}` : `There are ${total || "no"} ${plural(noun)}`;
    const part = shown.length < total ? `, here are the first ${shown.length}` : "";
    return shown.length === 0 ? `${found}${asked}.` : `${found}${asked}${part}:\n\n${table(shown)}`;
  }
  const fields = Object.entries(records[0] ?? {}).filter(([, value]) => value !== null);
  const done =
    ability?.intent === "read"
      ? `This is what \`${call.name}\`${asked} found`
      : `Done: \`${call.name}\`${asked}`;
  const shown = fields.map(([name, value]) => `- **${name}**: ${cell(value)}`).join("\n");
  if (shown === "" && ability?.intent !== "read") return `${done}.`;
  return `${done}:\n\n${shown || result.content}`;
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
    ({ intent, single, arguments: all }) => intent === "read" && !single && !all.some((one) => one.required),
  );
  const single =
    abilities.find((one) => one.single && one.noun !== lists[0]?.noun) ?? abilities.find((one) => one.single);
  const [chosen] = lists.flatMap(({ noun, arguments: all }) => {
    const choice = all.find((one) => one.choices.length > 0 && !one.words.includes("sort"))?.choices[0];
    return choice ? [`show me the ${choice} ${plural(noun)}`] : [];
  });
  const create = abilities.find(({ intent }) => intent === "create");
  const examples = [
    lists[0] && `list the ${plural(lists[0].noun)}`,
    single && `show me ${single.noun} 1`,
    chosen,
    create && `add a ${create.noun}`,
  ];
  const lines = examples.flatMap((example) => (example ? [`\n- ${example}`] : [])).slice(0, 3);
  return `I am the built-in demo model: I match your words with this API's operations by simple rules; there is no language model behind me. For a real one, start with \`--model\` and AWS credentials for Amazon Bedrock.\n\n${lines.length > 0 ? `Try for example:\n${lines.join("")}` : "There are no tools to call."}`;
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
  const body = object(read(content));
  const said = [body.detail, body.message, object(body.error).message, body.error, body.title];
  const fields = [body.errors ?? []]
    .flat()
    .map((one) => `\n- ${typeof one === "object" ? Object.values(object(one)).join(": ") : one}`);
  return `${said.find((one) => typeof one === "string") ?? content}${fields.join("")}`;
}

function table(rows: readonly Row[]): string {
  const names = [...new Set(rows.flatMap(Object.keys))].filter((name) =>
    rows.every(
      (row) => cell(row[name]).length <= 40 && (row[name] === null || typeof row[name] !== "object"),
    ),
  );
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const columns = names.slice(0, COLUMNS);
  const lines = rows.map((row) => line(columns.map((name) => cell(row[name]))));
  return [line(columns), line(columns.map(() => "---")), ...lines].join("\n");
}

function cell(value: unknown): string {
  const text = typeof value === "object" && value !== null ? stringifyJson(value) : String(value ?? "");
  return text.replace(/\s+/g, " ").replaceAll("|", "\\|");
}
