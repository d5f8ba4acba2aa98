/** Formats the settings as `.env.example` and as tables of the manual. */
import { isLive } from "../config/live-settings.ts";
import { environmentNames, kebabCase, SETTINGS } from "../config/names.ts";
import { formatValue } from "../config/redact.ts";
import { GROUPS, type Setting, type SettingName } from "../config/settings.ts";

type SettingEntry = readonly [SettingName, Setting<unknown>];

/** Returns all settings with their defaults, commented out so that a copy of the file changes nothing. */
export function formatEnvironmentExample(): string {
  const groups = GROUPS.map((group) => {
    return [
      `# ---- ${group} ----`,
      ...selectEntries(group).map(([name, setting]) => formatVariable(name, setting)),
    ].join("\n\n");
  });
  return `${[ENVIRONMENT_HEADER, ...groups].join("\n\n")}\n`;
}

const ENVIRONMENT_HEADER = `# Settings of specchat. Copy this file to .env and remove the # before the settings to change.
# Flags and the environment win over this file. An empty value counts as unset.
# AWS credentials can be set here too (AWS_ACCESS_KEY_ID=…, AWS_SECRET_ACCESS_KEY=…). Variables that begin with AWS_
# are passed to the AWS SDK. Other variables that are not settings are ignored.`;

function formatVariable(name: SettingName, setting: Setting<unknown>): string {
  const [primaryName = "", ...aliases] = environmentNames(name);
  const [shown = primaryName, ...others] = [...aliases, primaryName];
  const { refusesEmpty, placeholder } = setting.kind;
  const assignment = refusesEmpty
    ? `# ${shown}=${placeholder}, never empty`
    : `#${shown}=${formatValue(setting, setting.default)}`;
  return [`# ${setting.description}`, `# also ${others.join(", ")}`, assignment]
    .filter((line) => line !== "# also ")
    .join("\n");
}

/** Returns one table for each group. */
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
  const fallback = formatValue(setting, setting.default);
  const variables = (aliases.length > 0 ? aliases : [primaryName]).map(formatCode).join(" ");
  const cells = [
    formatCode(flag) + short,
    variables,
    fallback === "" ? "" : formatCode(fallback),
    isLive(name)
      ? `${setting.description}; can change [while the server runs](deployment.md#change-settings)`
      : setting.description,
  ];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("<", "&lt;")).join(" | ")} |`;
}

function formatCode(text: string): string {
  return `\`${text}\``;
}

function selectEntries(group: string): readonly SettingEntry[] {
  return SETTINGS.filter(([, setting]) => setting.group === group);
}
