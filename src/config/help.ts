/** Formats `--help` from the settings and the commands, for a terminal of 80 to 100 columns. */
import { type CommandSpec, type Commands, DEFAULT_COMMAND } from "./arguments.ts";
import { environmentNames, kebabCase, SETTINGS } from "./names.ts";
import { formatValue } from "./redact.ts";
import { GROUPS, type Setting, type SettingName } from "./settings.ts";

export interface HelpOptions {
  /** The command whose usage and flags replace the list of commands. */
  readonly command?: string;
  /** Columns of the terminal. */
  readonly width?: number;
}

/** Returns plain text without colour codes, without a final line break. */
export function formatHelp(commands: Commands = {}, { command, width = 80 }: HelpOptions = {}): string {
  const columns = Math.min(100, Math.max(80, width));
  const spec = command === undefined ? undefined : commands[command];
  return [
    ...(command === undefined || spec === undefined
      ? formatGeneralHelp(commands, columns)
      : formatCommandHelp(command, spec, columns)),
    ...GROUPS.flatMap((group) => {
      const entries = SETTINGS.filter(([, setting]) => setting.group === group);
      return [`${group}:`, ...entries.flatMap((entry) => formatSetting(...entry, columns)), ""];
    }),
    "Each setting can also come from the environment as SPECCHAT_<FLAG>, from .env or from a",
    "config file. Flags win over the environment, then .env, then the config file.",
    "`specchat help` lists the topics of the manual.",
  ].join("\n");
}

/** Returns the usage and the commands, without the settings. */
export function formatGeneralHelp(commands: Commands, columns: number): readonly string[] {
  const usages = Object.entries(commands).map(
    ([name, spec]) => [formatUsage(name, spec), spec.description] as const,
  );
  return [
    "Usage: specchat [command] [settings]",
    "",
    ...(usages.length === 0 ? [] : ["Commands:"]),
    ...usages.flatMap(([left, description]) => formatEntry(left, description, columns)),
    ...(usages.length === 0 ? [] : [""]),
    ...formatEntry("-h, --help", "all settings; after a command, its flags too", columns),
    ...formatEntry("-v, --version", "the version", columns),
    "",
  ];
}

function formatCommandHelp(name: string, spec: CommandSpec, columns: number): readonly string[] {
  const flags = Object.entries(spec.flags ?? {});
  return [
    `Usage: specchat ${formatUsage(name, spec)} [settings]`,
    "",
    ...wrap(`${spec.description[0]?.toUpperCase()}${spec.description.slice(1)}.`, columns),
    "",
    ...flags.flatMap(([flag, { placeholder, description }]) =>
      formatEntry(`    --${flag}${placeholder === undefined ? "" : ` ${placeholder}`}`, description, columns),
    ),
    ...(flags.length === 0 ? [] : [""]),
  ];
}

function formatUsage(name: string, { parameters = [] }: CommandSpec): string {
  const placeholders = parameters.map((word) =>
    word.endsWith("?") ? `[${word.slice(0, -1)}]` : `<${word}>`,
  );
  return [name === DEFAULT_COMMAND ? `[${name}]` : name, ...placeholders].join(" ");
}

function formatSetting(name: SettingName, setting: Setting<unknown>, columns: number): readonly string[] {
  const { kind, short, description } = setting;
  const isNegatable = kind.placeholder === "" && setting.default === true;
  const flag = `${isNegatable ? "--[no-]" : "--"}${kebabCase(name)}`;
  const left = `${short === undefined ? "    " : `-${short}, `}${flag} ${kind.placeholder}`;
  const fallback = kind.placeholder === "" ? "" : formatValue(setting, setting.default);
  const aliases = environmentNames(name).slice(1);
  const notes = [fallback && `default ${fallback}`, aliases.length > 0 && `also ${aliases.join(", ")}`];
  const note = notes.filter(Boolean).join("; ");
  return formatEntry(left.trimEnd(), note === "" ? description : `${description} (${note})`, columns);
}

const INDENT = 34;

/** Returns the lines of a name and its description, which is wrapped and begins in a fixed column. */
export function formatEntry(left: string, description: string, columns: number): readonly string[] {
  const [first = "", ...rest] = wrap(description, columns - INDENT);
  const start = `  ${left}`;
  const lines = [first, ...rest].map((line) => " ".repeat(INDENT) + line);
  return start.length < INDENT ? [start.padEnd(INDENT) + first, ...lines.slice(1)] : [start, ...lines];
}

function wrap(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length + 1 > columns) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
