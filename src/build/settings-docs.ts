/** The settings as `.env.example` and as the tables of the manual. */
import { environmentNames, kebabCase, SETTINGS } from "../config/names.ts";
import { textOf } from "../config/redact.ts";
import { GROUPS, type Setting, type SettingName } from "../config/settings.ts";

type Entry = readonly [SettingName, Setting<unknown>];

/** Each setting commented out with its default, so that a copy of the file changes nothing. */
export function environmentExample(): string {
  const groups = GROUPS.map((group) => {
    return [
      `# ---- ${group} ----`,
      ...entriesOf(group).map(([name, setting]) => variableLines(name, setting)),
    ].join("\n\n");
  });
  return `${[ENVIRONMENT_HEAD, ...groups].join("\n\n")}\n`;
}

const ENVIRONMENT_HEAD = `# Settings of specchat. Copy to .env and remove the # before those that are to change.
# Flags and the environment win over this file; an empty value counts as not set.
# Credentials of AWS may stand here too (AWS_ACCESS_KEY_ID=…, AWS_SECRET_ACCESS_KEY=…): variables that begin
# with AWS_ are passed on to the AWS SDK, others that are no settings are not read.`;

function variableLines(name: SettingName, setting: Setting<unknown>): string {
  const [own = "", ...aliases] = environmentNames(name);
  const [shown = own, ...others] = [...aliases, own];
  const fallback = textOf(setting, setting.default);
  return [`# ${setting.describe}`, `# also ${others.join(", ")}`, `#${shown}=${fallback}`]
    .filter((line) => line !== "# also ")
    .join("\n");
}

/** One table a group, flag first. */
export function settingsTable(): string {
  return GROUPS.map((group) =>
    [
      `### ${group}`,
      "",
      "| flag | environment | default | purpose |",
      "| --- | --- | --- | --- |",
      ...entriesOf(group).map(([name, setting]) => tableRow(name, setting)),
    ].join("\n"),
  ).join("\n\n");
}

function tableRow(name: SettingName, setting: Setting<unknown>): string {
  const [own = "", ...aliases] = environmentNames(name);
  const { placeholder } = setting.kind;
  const flag = [`--${kebabCase(name)}`, placeholder].filter(Boolean).join(" ");
  const short = setting.short === undefined ? "" : `, ${code(`-${setting.short}`)}`;
  const fallback = textOf(setting, setting.default);
  const variables = (aliases.length > 0 ? aliases : [own]).map(code).join(" ");
  const cells = [code(flag) + short, variables, fallback === "" ? "" : code(fallback), setting.describe];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("<", "&lt;")).join(" | ")} |`;
}

function code(text: string): string {
  return `\`${text}\``;
}

function entriesOf(group: string): readonly Entry[] {
  return SETTINGS.filter(([, setting]) => setting.group === group);
}
