/** The command line as it was typed: which command, which flags, what is left. No value is read here. */
import { kebabCase, SETTINGS, suggestion } from "./names.ts";
import type { SettingName } from "./settings.ts";

/** A flag that is not a setting but belongs to one command: `--json`. */
export interface CommandFlag {
  /** For --help, of a flag that takes a value; a switch has none. */
  readonly placeholder?: string;
  /** One line, no full stop. */
  readonly describe: string;
}

/** A subcommand, as far as the command line and --help must know it. */
export interface CommandShape {
  /** One line, no full stop. */
  readonly describe: string;
  /** Its arguments in order: `tool` is required, `question?` may be left out, `export|import` is one of these words. */
  readonly takes?: readonly string[];
  /** By name without dashes. A name that two commands share is a switch in both or in neither. */
  readonly flags?: Readonly<Record<string, CommandFlag>>;
}

/** By name; `serve` is what runs when none is named. */
export type Commands = Readonly<Record<string, CommandShape>>;

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
  readonly mistakes: readonly string[];
}

export const DEFAULT_COMMAND = "serve";

type Known =
  | { readonly type: "setting"; readonly name: SettingName; readonly takesValue: boolean }
  | { readonly type: "own"; readonly name: string; readonly takesValue: boolean };

/** Never throws: everything that is wrong is in `mistakes`, so that `--help` works beside a mistake. */
export function readArguments(argv: readonly string[], commands: Commands = {}): Arguments {
  const known = knownFlags(commands);
  const given = new Map<SettingName, { flag: string; texts: string[] }>();
  const own = new Map<string, string | true>();
  const words: string[] = [];
  const mistakes: string[] = [];
  let unknownFlags = 0;

  for (let index = 0; index < argv.length; index += 1) {
    const argument = argv[index] ?? "";
    if (argument === "--") {
      words.push(...argv.slice(index + 1));
      break;
    }
    if (!/^--?[^\s\d-]/.test(argument)) {
      words.push(argument);
      continue;
    }
    const { flag, attached } = splitFlag(argument);
    const negated = known.get(flag.replace(/^--no-/, "--"));
    const isNegation = !known.has(flag) && flag.startsWith("--no-") && negated?.takesValue === false;
    const entry = isNegation ? negated : known.get(flag);
    if (entry === undefined) {
      unknownFlags += 1;
      mistakes.push(`unknown flag ${flag}${suggestion(flag, [...known.keys()])}`);
      continue;
    }
    let value = attached;
    if (value === undefined && entry.takesValue) {
      const next = argv[index + 1];
      if (next === undefined || /^--?[A-Za-z]|^--$/.test(next)) {
        mistakes.push(`${flag} needs a value`);
        continue;
      }
      value = next;
      index += 1;
    }
    if (isNegation && value !== undefined) {
      mistakes.push(`${flag} takes no value`);
    } else if (entry.type === "setting") {
      const texts = given.get(entry.name)?.texts ?? [];
      given.set(entry.name, { flag, texts: [...texts, value ?? (isNegation ? "false" : "true")] });
    } else if (!entry.takesValue && value !== undefined) {
      mistakes.push(`${flag} takes no value`);
    } else if (!isNegation) {
      own.set(entry.name, value ?? true);
    }
  }

  const isCommand = (word: string) => Object.hasOwn(commands, word);
  // The word after an unknown flag may be its value, so the command is looked for behind it too.
  const at = unknownFlags === 0 ? 0 : words.findIndex(isCommand);
  const first = words[at];
  const named = first !== undefined && isCommand(first);
  const command = named ? first : DEFAULT_COMMAND;
  const positionals = named ? words.slice(at + 1) : words;
  const holdsSecret = SETTINGS.some(([name, setting]) => setting.secret === true && given.has(name));
  if (unknownFlags === 0) {
    if (!named && first !== undefined && commands[DEFAULT_COMMAND] !== undefined && !holdsSecret)
      mistakes.push(unknownCommand(first, Object.keys(commands)));
    else mistakes.push(...wrongPositionals(command, commands[command], positionals, holdsSecret));
  }
  const shape = commands[command];
  for (const name of own.keys()) {
    if (name === "help" || name === "version" || shape?.flags?.[name] !== undefined) continue;
    mistakes.push(`--${name} is not a flag of "specchat ${command}"`);
  }
  const { help, version, ...flags } = Object.fromEntries(own);
  return {
    command,
    positionals,
    flags,
    help: help !== undefined,
    version: version !== undefined,
    settings: given,
    mistakes,
  };
}

function knownFlags(commands: Commands): ReadonlyMap<string, Known> {
  const known = new Map<string, Known>([
    ["--help", { type: "own", name: "help", takesValue: false }],
    ["-h", { type: "own", name: "help", takesValue: false }],
    ["--version", { type: "own", name: "version", takesValue: false }],
    ["-v", { type: "own", name: "version", takesValue: false }],
  ]);
  for (const { flags } of Object.values(commands))
    for (const [name, { placeholder }] of Object.entries(flags ?? {}))
      known.set(`--${name}`, { type: "own", name, takesValue: placeholder !== undefined });
  for (const [name, { kind, short }] of SETTINGS) {
    const entry = { type: "setting", name, takesValue: kind.placeholder !== "" } as const;
    known.set(`--${kebabCase(name)}`, entry);
    if (short !== undefined) known.set(`-${short}`, entry);
  }
  return known;
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

function unknownCommand(word: string, known: readonly string[]): string {
  const isDocument = /\.(json|ya?ml)$|^https?:/.test(word);
  const hint = isDocument ? ` (a document is given as --spec ${word})` : suggestion(word, known);
  return `unknown command ${word}${hint}; the commands are ${known.join(", ")}`;
}

function wrongPositionals(
  command: string,
  shape: CommandShape | undefined,
  positionals: readonly string[],
  holdsSecret: boolean,
): readonly string[] {
  const takes = shape?.takes ?? [];
  const isGiven = (index: number) => (positionals[index] ?? "").trim() !== "";
  const missing = takes.filter((name, index) => !name.endsWith("?") && !isGiven(index));
  const extra = positionals.slice(takes.length);
  const [choices = "", word = ""] = takes.flatMap((name, index) => {
    const given = positionals[index] ?? "";
    return name.includes("|") && isGiven(index) && !name.split("|").includes(given) ? [name, given] : [];
  });
  return [
    ...missing.map((name) => `"specchat ${command}" needs <${name}>`),
    ...(word === ""
      ? []
      : [`"specchat ${command}" knows no ${holdsSecret ? "such word" : word}; it takes <${choices}>`]),
    ...(extra.length === 0
      ? []
      : // A header typed without quotes falls apart into words that nobody should see again.
        [
          holdsSecret
            ? "there are words too many; a value with spaces needs quotes"
            : `unexpected ${extra.map((word) => JSON.stringify(word)).join(" ")}; a value with spaces needs quotes`,
        ]),
  ];
}
