/** Splits the command line into a command, its flags, setting flags and positional arguments. Values stay texts. */
import { formatSuggestion, kebabCase, SETTINGS } from "./names.ts";
import type { SettingName } from "./settings.ts";

/** A flag of one command that is not a setting, such as `--json`. */
export interface CommandFlag {
  /** The placeholder of the value in --help. A switch has none. */
  readonly placeholder?: string;
  /** One line, no full stop. */
  readonly description: string;
}

/** The part of a subcommand that the command line and --help need. */
export interface CommandSpec {
  /** One line, no full stop. */
  readonly description: string;
  /** Positional arguments in order: `tool` is required, `topic?` is optional, `export|import` is one of these words. */
  readonly parameters?: readonly string[];
  /** Flags by name without dashes. A name that two commands share is a switch in both or in neither. */
  readonly flags?: Readonly<Record<string, CommandFlag>>;
}

/** Commands by name. `serve` is the default command. */
export type Commands = Readonly<Record<string, CommandSpec>>;

export interface Arguments {
  readonly command: string;
  /** Arguments that are neither a flag nor the command, in order. */
  readonly positionals: readonly string[];
  /** The flags of the command. A switch is `true`. */
  readonly flags: Readonly<Record<string, string | true>>;
  readonly help: boolean;
  readonly version: boolean;
  /** The flag of each setting as it was written, and its values in order. */
  readonly settings: ReadonlyMap<SettingName, { readonly flag: string; readonly texts: readonly string[] }>;
  readonly errors: readonly string[];
}

export const DEFAULT_COMMAND = "serve";

type FlagEntry =
  | { readonly type: "setting"; readonly name: SettingName; readonly takesValue: boolean }
  | { readonly type: "command"; readonly name: string; readonly takesValue: boolean };

/** Parses the command line. Never throws: `errors` has every error, so that `--help` works in spite of them. */
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
    const { flag, inlineValue } = splitFlag(argument);
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
  // The word after an unknown flag may be its value, so the command may come later.
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
  const spec = commands[command];
  for (const name of commandFlags.keys()) {
    if (name === "help" || name === "version" || spec?.flags?.[name] !== undefined) continue;
    errors.push(`--${name} is not a flag of "specchat ${command}"`);
  }
  const { help, version, ...flags } = Object.fromEntries(commandFlags);
  return {
    command,
    positionals,
    flags,
    help: help !== undefined,
    version: version !== undefined,
    settings,
    errors,
  };
}

function buildFlagTable(commands: Commands): ReadonlyMap<string, FlagEntry> {
  const flagTable = new Map<string, FlagEntry>([
    ["--help", { type: "command", name: "help", takesValue: false }],
    ["-h", { type: "command", name: "help", takesValue: false }],
    ["--version", { type: "command", name: "version", takesValue: false }],
    ["-v", { type: "command", name: "version", takesValue: false }],
  ]);
  for (const { flags } of Object.values(commands))
    for (const [name, { placeholder }] of Object.entries(flags ?? {}))
      flagTable.set(`--${name}`, { type: "command", name, takesValue: placeholder !== undefined });
  for (const [name, { kind, short }] of SETTINGS) {
    const entry = { type: "setting", name, takesValue: kind.placeholder !== "" } as const;
    flagTable.set(`--${kebabCase(name)}`, entry);
    if (short !== undefined) flagTable.set(`-${short}`, entry);
  }
  return flagTable;
}

/** Splits `--port=1`, `-p1` or `-p=1` into the flag and its value. */
function splitFlag(argument: string): { flag: string; inlineValue: string | undefined } {
  if (!argument.startsWith("--"))
    return {
      flag: argument.slice(0, 2),
      inlineValue: argument.length > 2 ? argument.slice(2).replace(/^=/, "") : undefined,
    };
  const equals = argument.indexOf("=");
  return equals === -1
    ? { flag: argument, inlineValue: undefined }
    : { flag: argument.slice(0, equals), inlineValue: argument.slice(equals + 1) };
}

function describeUnknownCommand(word: string, known: readonly string[]): string {
  const isDocument = /\.(json|ya?ml)$|^https?:/.test(word);
  const hint = isDocument ? ` (to use a document, write --spec ${word})` : formatSuggestion(word, known);
  return `unknown command ${word}${hint}; the commands are ${known.join(", ")}`;
}

function findPositionalErrors(
  command: string,
  spec: CommandSpec | undefined,
  positionals: readonly string[],
  hasSecret: boolean,
): readonly string[] {
  const parameters = spec?.parameters ?? [];
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
      : [`invalid argument ${hasSecret ? "" : `${word} `}for "specchat ${command}"; expected <${choices}>`]),
    ...(extra.length === 0
      ? []
      : // An unquoted header value is split into words, which may be secret.
        [
          hasSecret
            ? "too many arguments; quote a value that contains spaces"
            : `unexpected argument ${extra.map((word) => JSON.stringify(word)).join(" ")}; quote a value that contains spaces`,
        ]),
  ];
}
