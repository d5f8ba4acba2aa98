/** Flags over environment over `.env` over the config file over defaults: the effective settings, and whence each came. */
import { parseEnv } from "node:util";
import { type Arguments, type Commands, readArguments } from "./arguments.ts";
import { type FileValue, readConfigFile } from "./file.ts";
import { SETTINGS } from "./names.ts";
import { uiPath, websocketPath } from "./paths.ts";
import { perApiMistakes } from "./per-api.ts";
import { shown, textOf } from "./redact.ts";
import type { Config, Setting, SettingName } from "./settings.ts";
import {
  awsVariables,
  disagreement,
  type Environment,
  type Found,
  findVariables,
  unknownVariables,
} from "./variables.ts";

export interface LoadInput {
  /** Without the executable and the script. */
  readonly argv: readonly string[];
  readonly environment: Environment;
  /** Undefined: there is no such file. Given `.env` (or `.env.test`) and what `--config` names, as they stand. */
  readonly readFile: (path: string) => string | undefined;
  /** In place of the declared defaults. */
  readonly defaults?: Partial<Config>;
  readonly commands?: Commands;
}

/** Where a setting's value came from: `flag --port`, `environment PORT`, `.env PORT`, `specchat.yaml port`, `default`. */
export interface Source {
  readonly source: string;
  /** The value as a text, empty when unset; a secret's is masked. */
  readonly text: string;
}

export interface LoadedConfig {
  readonly config: Config;
  readonly sources: Readonly<Record<SettingName, Source>>;
  /** One line each. */
  readonly warnings: readonly string[];
  readonly arguments: Arguments;
  /**
   * The `AWS_*` variables of `.env` that are no settings of ours and that the environment does not have: the AWS SDK
   * reads its credentials from the process's environment alone, so whoever starts the process puts them there.
   */
  readonly awsEnvironment: Readonly<Record<string, string>>;
}

/** Every mistake in the settings, one line each: the setting, where it came from, its value, what is allowed. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly mistakes: readonly string[];

  constructor(mistakes: readonly string[]) {
    super(mistakes.join("\n"));
    this.mistakes = mistakes;
  }
}

/** @throws ConfigError */
export function loadConfig({
  argv,
  environment,
  readFile,
  defaults = {},
  commands,
}: LoadInput): LoadedConfig {
  const args = readArguments(argv, commands);
  const mistakes: string[] = [...args.mistakes];
  const warnings: string[] = [];

  const isTest = environment.NODE_ENV === "test" || environment.ENVIRONMENT?.toLowerCase() === "test";
  const dotenvPath = isTest ? ".env.test" : ".env";
  const dotenv = parseEnv((readFile(dotenvPath) ?? "").replace(/^\uFEFF/, ""));
  const places = [
    { place: "environment", variables: environment },
    { place: dotenvPath, variables: dotenv },
  ];

  const path = findFlag(args, "config")?.texts.at(-1) ?? findVariables("config", places)[0]?.texts[0];
  const file = path === undefined ? undefined : readNamedFile(path, readFile);
  mistakes.push(...(file?.mistakes ?? []));

  const values: Partial<Record<SettingName, unknown>> = {};
  const sources: Partial<Record<SettingName, Source>> = {};
  for (const [name, setting] of SETTINGS) {
    const variables = findVariables(name, places);
    const flag = findFlag(args, name);
    const found = flag ?? variables[0] ?? findInFile(file?.values.get(name), path);
    if (flag === undefined) warnings.push(...disagreement(name, setting, variables));
    if (found === undefined) {
      values[name] = Object.hasOwn(defaults, name) ? defaults[name] : setting.default;
      sources[name] = { source: "default", text: textOf(setting, values[name]) };
      continue;
    }
    try {
      values[name] = readTexts(setting, found.texts);
      sources[name] = { source: found.source, text: textOf(setting, values[name]) };
    } catch (error) {
      const allowed = error instanceof Error ? error.message : String(error);
      const value = found.texts.map((text) => shown(setting, text, JSON.stringify)).join(", ");
      mistakes.push(`${name}: ${value} from ${found.source} is not ${allowed}`);
    }
  }
  warnings.push(...unknownVariables(places));
  if (mistakes.length > 0) throw new ConfigError(mistakes);

  // Every setting has been given its declared type by its own kind above.
  const config = firstModelAsDefault(values as Config, sources as Record<SettingName, Source>);
  const conflicts = crossFieldMistakes(config);
  if (conflicts.length > 0) throw new ConfigError(conflicts);
  return { ...config, warnings, arguments: args, awsEnvironment: awsVariables(dotenv, environment) };
}

function findFlag(args: Arguments, name: SettingName): Found | undefined {
  const given = args.settings.get(name);
  return given && { source: `flag ${given.flag}`, texts: given.texts };
}

function findInFile(value: FileValue | undefined, path: string | undefined): Found | undefined {
  return value && { source: `${path} ${value.key}`, texts: value.texts };
}

function readNamedFile(path: string, readFile: LoadInput["readFile"]): ReturnType<typeof readConfigFile> {
  const text = readFile(path);
  return text === undefined
    ? { values: new Map(), mistakes: [`config: there is no file ${path}`] }
    : readConfigFile(path, text);
}

/** Of a scalar given several times the last counts; lists grow. @throws Error saying what is allowed. */
function readTexts({ kind }: Setting<unknown>, texts: readonly string[]): unknown {
  if (kind.many === true) return texts.flatMap((text) => kind.parse(text));
  if (kind.placeholder !== "" || texts.length === 1) return kind.parse(texts.at(-1) ?? "");
  return texts.map((text) => kind.parse(text)).at(-1);
}

/** Where nobody set a model, the first of `models` is the default. */
function firstModelAsDefault(
  config: Config,
  sources: Record<SettingName, Source>,
): Pick<LoadedConfig, "config" | "sources"> {
  const [first] = config.models;
  if (sources.model.source !== "default" || first === undefined) return { config, sources };
  const model = { source: `first of ${sources.models.source}`, text: first };
  return { config: { ...config, model: first }, sources: { ...sources, model } };
}

function crossFieldMistakes({
  config,
  sources,
}: Pick<LoadedConfig, "config" | "sources">): readonly string[] {
  const mistakes = [...perApiMistakes(config)];
  const { chunkOverlap, chunkSize } = config;
  if (chunkOverlap >= chunkSize)
    mistakes.push(
      `chunkOverlap: "${chunkOverlap}" from ${sources.chunkOverlap.source} is not a number below chunkSize (${chunkSize})`,
    );
  const page = uiPath(config);
  if (page === websocketPath(config))
    mistakes.push(`uiEndpoint: ${page} is also the WebSocket's path; each needs its own`);
  return mistakes;
}
