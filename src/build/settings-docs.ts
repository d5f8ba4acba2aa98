/** The settings as `.env.example` and as the tables of the manual. */
import { environmentNames, kebabCase, SETTINGS } from "../config/names.ts";
import { textOf } from "../config/redact.ts";
import { GROUPS, type Setting, type SettingName } from "../config/settings.ts";

type SettingEntry = readonly [SettingName, Setting<unknown>];

/** Each setting commented out with its default, so that a copy of the file changes nothing. */
export function formatEnvironmentExample(): string {
  const groups = GROUPS.map((group) => {
    return [
      `# ---- ${group} ----`,
      ...selectEntries(group).map(([name, setting]) => formatVariable(name, setting)),
    ].join("\n\n");
  });
  return `${[ENVIRONMENT_HEADER, ...groups].join("\n\n")}\n`;
}

const ENVIRONMENT_HEADER = `# Settings of specchat. Copy to .env and remove the # before those that are to change.
# Flags and the environment win over this file; an empty value counts as not set.
# Credentials of AWS may stand here too (AWS_ACCESS_KEY_ID=…, AWS_SECRET_ACCESS_KEY=…): variables that begin
# with AWS_ are passed on to the AWS SDK, others that are no settings are not read.`;

function formatVariable(name: SettingName, setting: Setting<unknown>): string {
  const [primaryName = "", ...aliases] = environmentNames(name);
  const [shown = primaryName, ...others] = [...aliases, primaryName];
  const fallback = textOf(setting, setting.default);
  return [`# ${setting.description}`, `# also ${others.join(", ")}`, `#${shown}=${fallback}`]
    .filter((line) => line !== "# also ")
    .join("\n");
}

/** One table a group, flag first. */
export function formatSettingsTable(): string {
  return GROUPS.map((group) =>
    [
      `### ${group}`,
      "",
      "| flag | environment | default | purpose |",
      "| --- | --- | --- | --- |",
      ...selectEntries(group).map(([name, setting]) => formatRow(name, setting)),
    ].join("\n"),
  ).join("\n\n");
}

function formatRow(name: SettingName, setting: Setting<unknown>): string {
  const [primaryName = "", ...aliases] = environmentNames(name);
  const { placeholder } = setting.kind;
  const flag = [`--${kebabCase(name)}`, placeholder].filter(Boolean).join(" ");
  const short = setting.short === undefined ? "" : `, ${formatCode(`-${setting.short}`)}`;
  const fallback = textOf(setting, setting.default);
  const variables = (aliases.length > 0 ? aliases : [primaryName]).map(formatCode).join(" ");
  const cells = [
    formatCode(flag) + short,
    variables,
    fallback === "" ? "" : formatCode(fallback),
    setting.description,
  ];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("<", "&lt;")).join(" | ")} |`;
}

function formatCode(text: string): string {
  return `\`${text}\``;
}

function selectEntries(group: string): readonly SettingEntry[] {
  return SETTINGS.filter(([, setting]) => setting.group === group);
}
