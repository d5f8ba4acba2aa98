import type { ToolCall, ToolResult } from "../../chat/types.ts";
import { stringifyJson } from "../../json.ts";
import { type Ability, object } from "./abilities.ts";
import { dataOf, recordsOf } from "./data.ts";
import type { Plan } from "./plan.ts";
import { plural } from "./words.ts";

const ROWS = 10;
const COLUMNS = 6;

/** A short sentence and the data: a table of a list, the fields of one record, or what the API said went wrong. */
export function answer(call: ToolCall, result: ToolResult, ability: Ability | undefined): string {
  const given = Object.entries(call.arguments).map(([name, value]) => `${name} ${cell(value)}`);
  const asked = given.length > 0 ? ` (${given.join(", ")})` : "";
  const data = dataOf(result.content);
  if (result.status === "failed")
    return `The call \`${call.name}\`${asked} failed: ${trouble(data) || result.content}`;
  const { list, records, total } = recordsOf(data);
  const noun = ability?.noun || "record";
  if (list) {
    const things = total === 1 ? noun : plural(noun);
    const shown = records.slice(0, ROWS);
    const more = shown.length < total && shown.length > 0 ? `, here are the first ${shown.length}` : "";
    return `There ${total === 1 ? "is" : "are"} ${total || "no"} ${things}${asked}${more}${shown.length > 0 ? ":" : "."}\n\n${table(shown)}`.trim();
  }
  const done =
    ability?.intent === "read"
      ? `Here is what \`${call.name}\`${asked} found`
      : `Done: \`${call.name}\`${asked}`;
  const fields = records.flatMap((record) => Object.entries(record)).filter(([, value]) => value !== null);
  if (fields.length === 0)
    return data === undefined && ability?.intent === "read" ? `${done}:\n\n${result.content}` : `${done}.`;
  return `${done}:\n\n${fields.map(([name, value]) => `- **${name}**: ${cell(value)}`).join("\n")}`;
}

/** Asks in plain words for what a call still needs. */
export function question({ ability, missing }: Plan): string {
  const needs = missing.map(
    ({ name, description }) => `**${name}**${description ? ` (${description})` : ""}`,
  );
  return `For \`${ability.name}\` I still need ${needs.join(" and ")}. What is it?`;
}

/** What this is, and three questions made from the tools at hand. */
export function introduction(abilities: readonly Ability[]): string {
  const find = (test: (one: Ability) => boolean) => abilities.find((one) => one.noun !== "" && test(one));
  const lists = find(
    (one) => one.intent === "read" && !one.single && !one.arguments.some((each) => each.required),
  );
  const single = find((one) => one.single);
  const chosen = abilities
    .flatMap((one) =>
      one.arguments.map((argument) => ({
        one,
        choice: argument.choices[0],
        sort: argument.words.includes("sort"),
      })),
    )
    .find(({ one, choice, sort }) => one.intent === "read" && choice !== undefined && !sort && one !== lists);
  const creates = find((one) => one.intent === "create");
  const examples = [
    lists && `list the ${plural(lists.noun)}`,
    single && `show me ${single.noun} 1`,
    chosen && `which ${plural(chosen.one.noun)} are ${chosen.choice}?`,
    creates && `create a ${creates.noun}`,
  ].flatMap((example) => (example ? [`- ${example}`] : []));
  return [
    "I am the built-in demo model: simple rules that match your words with this API's operations, no language model. " +
      "For a real one, start with `--model` and a Bedrock model id, and AWS credentials.",
    examples.length > 0
      ? `Try for example:\n\n${examples.slice(0, 3).join("\n")}`
      : "There are no tools to call.",
  ].join("\n\n");
}

/** What the API said: its message, and the fields it names. */
function trouble(data: unknown): string {
  const body = object(data);
  const said = [body.detail, body.message, body.error, body.title].map((one) =>
    typeof one === "object" ? object(one).message : one,
  );
  const fields = Array.isArray(body.errors)
    ? body.errors.map((one) => Object.values(object(one)).map(String).join(": "))
    : [];
  return [said.find((one) => typeof one === "string"), ...fields.map((field) => `\n- ${field}`)]
    .filter(Boolean)
    .join("");
}

function table(rows: readonly Readonly<Record<string, unknown>>[]): string {
  const short = (name: string) =>
    rows.every((row) => cell(row[name]).length <= 40 && typeof row[name] !== "object");
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))]
    .filter((name) => short(name))
    .slice(0, COLUMNS);
  if (names.length === 0) return rows.map((row) => `- ${cell(row)}`).join("\n");
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    line(names),
    line(names.map(() => "---")),
    ...rows.map((row) => line(names.map((name) => cell(row[name])))),
  ].join("\n");
}

function cell(value: unknown): string {
  const text = typeof value === "object" && value !== null ? stringifyJson(value) : String(value ?? "");
  return text.replace(/\s+/g, " ").replaceAll("|", "\\|");
}
