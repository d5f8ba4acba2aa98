/** Flags over environment over `.env` over the config file over defaults: the effective settings, and whence each came. */
import { parseEnv } from "node:util";
import { type Arguments, type Commands, readArguments } from "./arguments.ts";
import { type FileValue, readConfigFile } from "./file.ts";
import { SETTINGS } from "./names.ts";
import { uiPath, websocketPath } from "./paths.ts";
import { validatePerApiSettings } from "./per-api.ts";
import { maskSecret, textOf } from "./redact.ts";
import type { Config, Setting, SettingName } from "./settings.ts";
import {
  describeConflicts,
  type Environment,
  type FoundValue,
  findUnknownVariables,
  findVariables,
  selectAwsVariables,
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
export interface SettingSource {
  readonly source: string;
  /** The value as a text, empty when unset; a secret's is masked. */
  readonly text: string;
}

export interface LoadedConfig {
  readonly config: Config;
  readonly sources: Readonly<Record<SettingName, SettingSource>>;
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
  readonly errors: readonly string[];

  constructor(mistakes: readonly string[]) {
    super(mistakes.join("\n"));
    this.errors = mistakes;
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
  const errors: string[] = [...args.errors];
  const warnings: string[] = [];

  const isTest = environment.NODE_ENV === "test" || environment.ENVIRONMENT?.toLowerCase() === "test";
  const dotenvPath = isTest ? ".env.test" : ".env";
  const dotenv = parseEnv((readFile(dotenvPath) ?? "").replace(/^\uFEFF/, ""));
  const variableSources = [
    { place: "environment", variables: environment },
    { place: dotenvPath, variables: dotenv },
  ];

  const path =
    findFlag(args, "config")?.texts.at(-1) ?? findVariables("config", variableSources)[0]?.texts[0];
  const file = path === undefined ? undefined : readNamedFile(path, readFile);
  errors.push(...(file?.errors ?? []));

  const values: Partial<Record<SettingName, unknown>> = {};
  const sources: Partial<Record<SettingName, SettingSource>> = {};
  for (const [name, setting] of SETTINGS) {
    const variables = findVariables(name, variableSources);
    const flag = findFlag(args, name);
    const found = flag ?? variables[0] ?? findInFile(file?.values.get(name), path);
    if (flag === undefined) warnings.push(...describeConflicts(name, setting, variables));
    if (found === undefined) {
      values[name] = Object.hasOwn(defaults, name) ? defaults[name] : setting.default;
      sources[name] = { source: "default", text: textOf(setting, values[name]) };
      continue;
    }
    try {
      values[name] = parseTexts(setting, found.texts);
      sources[name] = { source: found.source, text: textOf(setting, values[name]) };
    } catch (error) {
      const expected = error instanceof Error ? error.message : String(error);
      const value = found.texts.map((text) => maskSecret(setting, text, JSON.stringify)).join(", ");
      errors.push(`${name}: ${value} from ${found.source} is not ${expected}`);
    }
  }
  warnings.push(...findUnknownVariables(variableSources));
  if (errors.length > 0) throw new ConfigError(errors);

  // Every setting has been given its declared type by its own kind above.
  const config = applyDefaultModel(values as Config, sources as Record<SettingName, SettingSource>);
  const conflicts = validateAcrossSettings(config);
  if (conflicts.length > 0) throw new ConfigError(conflicts);
  return { ...config, warnings, arguments: args, awsEnvironment: selectAwsVariables(dotenv, environment) };
}

function findFlag(args: Arguments, name: SettingName): FoundValue | undefined {
  const flag = args.settings.get(name);
  return flag && { source: `flag ${flag.flag}`, texts: flag.texts };
}

function findInFile(value: FileValue | undefined, path: string | undefined): FoundValue | undefined {
  return value && { source: `${path} ${value.key}`, texts: value.texts };
}

function readNamedFile(path: string, readFile: LoadInput["readFile"]): ReturnType<typeof readConfigFile> {
  const text = readFile(path);
  return text === undefined
    ? { values: new Map(), errors: [`config: there is no file ${path}`] }
    : readConfigFile(path, text);
}

/** Of a scalar given several times the last counts; lists grow. @throws Error saying what is allowed. */
function parseTexts({ kind }: Setting<unknown>, texts: readonly string[]): unknown {
  if (kind.isList === true) return texts.flatMap((text) => kind.parse(text));
  if (kind.placeholder !== "" || texts.length === 1) return kind.parse(texts.at(-1) ?? "");
  return texts.map((text) => kind.parse(text)).at(-1);
}

/** Where nobody set a model, the first of `models` is the default. */
function applyDefaultModel(
  config: Config,
  sources: Record<SettingName, SettingSource>,
): Pick<LoadedConfig, "config" | "sources"> {
  const [first] = config.models;
  if (sources.model.source !== "default" || first === undefined) return { config, sources };
  const model = { source: `first of ${sources.models.source}`, text: first };
  return { config: { ...config, model: first }, sources: { ...sources, model } };
}

function validateAcrossSettings({
  config,
  sources,
}: Pick<LoadedConfig, "config" | "sources">): readonly string[] {
  const errors = [...validatePerApiSettings(config)];
  const { chunkOverlap, chunkSize } = config;
  if (chunkOverlap >= chunkSize)
    errors.push(
      `chunkOverlap: "${chunkOverlap}" from ${sources.chunkOverlap.source} is not a number below chunkSize (${chunkSize})`,
    );
  const page = uiPath(config);
  if (page === websocketPath(config))
    errors.push(`uiEndpoint: ${page} is also the WebSocket's path; each needs its own`);
  return errors;
}
