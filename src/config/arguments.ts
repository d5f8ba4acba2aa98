/** The command line as it was typed: which command, which flags, what is left. No value is read here. */
import { formatSuggestion, kebabCase, SETTINGS } from "./names.ts";
import type { SettingName } from "./settings.ts";

/** A flag that is not a setting but belongs to one command: `--json`. */
export interface CommandFlag {
  /** For --help, of a flag that takes a value; a switch has none. */
  readonly placeholder?: string;
  /** One line, no full stop. */
  readonly description: string;
}

/** A subcommand, as far as the command line and --help must know it. */
export interface CommandSpec {
  /** One line, no full stop. */
  readonly description: string;
  /** Its arguments in order: `tool` is required, `question?` may be left out, `export|import` is one of these words. */
  readonly parameters?: readonly string[];
  /** By name without dashes. A name that two commands share is a switch in both or in neither. */
  readonly flags?: Readonly<Record<string, CommandFlag>>;
}

/** By name; `serve` is what runs when none is named. */
export type Commands = Readonly<Record<string, CommandSpec>>;

export interface Arguments {
  readonly command: string;
  /** What is neither flag nor command, in order. */
  readonly positionals: readonly string[];
  /** The command's own flags; a switch is `true`. */
  readonly flags: Readonly<Record<string, string | true>>;
  readonly help: boolean;
  readonly version: boolean;
  /** The texts of each setting's flag, in the order they were given. */
  readonly settings: ReadonlyMap<SettingName, { readonly flag: string; readonly texts: readonly string[] }>;
  readonly errors: readonly string[];
}

export const DEFAULT_COMMAND = "serve";

type FlagEntry =
  | { readonly type: "setting"; readonly name: SettingName; readonly takesValue: boolean }
  | { readonly type: "own"; readonly name: string; readonly takesValue: boolean };

/** Never throws: everything that is wrong is in `mistakes`, so that `--help` works beside a mistake. */
export function readArguments(argv: readonly string[], commands: Commands = {}): Arguments {
  const flagTable = buildFlagTable(commands);
  const settings = new Map<SettingName, { flag: string; texts: string[] }>();
  const commandFlags = new Map<string, string | true>();
  const operands: string[] = [];
  const errors: string[] = [];
  let unknownFlags = 0;

  for (let index = 0; index < argv.length; index += 1) {
    const argument = argv[index] ?? "";
    if (argument === "--") {
      operands.push(...argv.slice(index + 1));
      break;
    }
    if (!/^--?[^\s\d-]/.test(argument)) {
      operands.push(argument);
      continue;
    }
    const { flag, attached: inlineValue } = splitFlag(argument);
    const negated = flagTable.get(flag.replace(/^--no-/, "--"));
    const isNegation = !flagTable.has(flag) && flag.startsWith("--no-") && negated?.takesValue === false;
    const entry = isNegation ? negated : flagTable.get(flag);
    if (entry === undefined) {
      unknownFlags += 1;
      errors.push(`unknown flag ${flag}${formatSuggestion(flag, [...flagTable.keys()])}`);
      continue;
    }
    let value = inlineValue;
    if (value === undefined && entry.takesValue) {
      const next = argv[index + 1];
      if (next === undefined || /^--?[A-Za-z]|^--$/.test(next)) {
        errors.push(`${flag} needs a value`);
        continue;
      }
      value = next;
      index += 1;
    }
    if (isNegation && value !== undefined) {
      errors.push(`${flag} takes no value`);
    } else if (entry.type === "setting") {
      const texts = settings.get(entry.name)?.texts ?? [];
      settings.set(entry.name, { flag, texts: [...texts, value ?? (isNegation ? "false" : "true")] });
    } else if (!entry.takesValue && value !== undefined) {
      errors.push(`${flag} takes no value`);
    } else if (!isNegation) {
      commandFlags.set(entry.name, value ?? true);
    }
  }

  const isCommand = (word: string) => Object.hasOwn(commands, word);
  // The word after an unknown flag may be its value, so the command is looked for behind it too.
  const commandIndex = unknownFlags === 0 ? 0 : operands.findIndex(isCommand);
  const firstOperand = operands[commandIndex];
  const hasCommand = firstOperand !== undefined && isCommand(firstOperand);
  const command = hasCommand ? firstOperand : DEFAULT_COMMAND;
  const positionals = hasCommand ? operands.slice(commandIndex + 1) : operands;
  const hasSecret = SETTINGS.some(([name, setting]) => setting.secret === true && settings.has(name));
  if (unknownFlags === 0) {
    if (!hasCommand && firstOperand !== undefined && commands[DEFAULT_COMMAND] !== undefined && !hasSecret)
      errors.push(describeUnknownCommand(firstOperand, Object.keys(commands)));
    else errors.push(...findPositionalErrors(command, commands[command], positionals, hasSecret));
  }
  const shape = commands[command];
  for (const name of commandFlags.keys()) {
    if (name === "help" || name === "version" || shape?.flags?.[name] !== undefined) continue;
    errors.push(`--${name} is not a flag of "specchat ${command}"`);
  }
  const { help, version, ...flags } = Object.fromEntries(commandFlags);
  return {
    command,
    positionals,
    flags,
    help: help !== undefined,
    version: version !== undefined,
    settings: settings,
    errors,
  };
}

function buildFlagTable(commands: Commands): ReadonlyMap<string, FlagEntry> {
  const flagTable = new Map<string, FlagEntry>([
    ["--help", { type: "own", name: "help", takesValue: false }],
    ["-h", { type: "own", name: "help", takesValue: false }],
    ["--version", { type: "own", name: "version", takesValue: false }],
    ["-v", { type: "own", name: "version", takesValue: false }],
  ]);
  for (const { flags } of Object.values(commands))
    for (const [name, { placeholder }] of Object.entries(flags ?? {}))
      flagTable.set(`--${name}`, { type: "own", name, takesValue: placeholder !== undefined });
  for (const [name, { kind, short }] of SETTINGS) {
    const entry = { type: "setting", name, takesValue: kind.placeholder !== "" } as const;
    flagTable.set(`--${kebabCase(name)}`, entry);
    if (short !== undefined) flagTable.set(`-${short}`, entry);
  }
  return flagTable;
}

/** `--port=1` and `-p1`, `-p=1`: the flag, and the value it carries. */
function splitFlag(argument: string): { flag: string; attached: string | undefined } {
  if (!argument.startsWith("--"))
    return {
      flag: argument.slice(0, 2),
      attached: argument.length > 2 ? argument.slice(2).replace(/^=/, "") : undefined,
    };
  const equals = argument.indexOf("=");
  return equals === -1
    ? { flag: argument, attached: undefined }
    : { flag: argument.slice(0, equals), attached: argument.slice(equals + 1) };
}

function describeUnknownCommand(word: string, known: readonly string[]): string {
  const isDocument = /\.(json|ya?ml)$|^https?:/.test(word);
  const hint = isDocument ? ` (a document is given as --spec ${word})` : formatSuggestion(word, known);
  return `unknown command ${word}${hint}; the commands are ${known.join(", ")}`;
}

function findPositionalErrors(
  command: string,
  shape: CommandSpec | undefined,
  positionals: readonly string[],
  hasSecret: boolean,
): readonly string[] {
  const parameters = shape?.parameters ?? [];
  const hasValue = (index: number) => (positionals[index] ?? "").trim() !== "";
  const missing = parameters.filter((name, index) => !name.endsWith("?") && !hasValue(index));
  const extra = positionals.slice(parameters.length);
  const [choices = "", word = ""] = parameters.flatMap((name, index) => {
    const value = positionals[index] ?? "";
    return name.includes("|") && hasValue(index) && !name.split("|").includes(value) ? [name, value] : [];
  });
  return [
    ...missing.map((name) => `"specchat ${command}" needs <${name}>`),
    ...(word === ""
      ? []
      : [`"specchat ${command}" knows no ${hasSecret ? "such word" : word}; it takes <${choices}>`]),
    ...(extra.length === 0
      ? []
      : // A header typed without quotes falls apart into words that nobody should see again.
        [
          hasSecret
            ? "there are words too many; a value with spaces needs quotes"
            : `unexpected ${extra.map((word) => JSON.stringify(word)).join(" ")}; a value with spaces needs quotes`,
        ]),
  ];
}
