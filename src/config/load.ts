/** Loads the effective settings. Flags win over the environment, then `.env`, the config file and the defaults. */
import { parseEnv } from "node:util";
import { type Arguments, type Commands, readArguments } from "./arguments.ts";
import { validateAuthentication } from "./authentication-rules.ts";
import { describeIgnoredKeys, readProfileRegion } from "./aws-profile.ts";
import { readEnvironmentFile } from "./environment-file.ts";
import { type FileValue, readConfigFile } from "./file.ts";
import { readLimits } from "./limits.ts";
import { SETTINGS } from "./names.ts";
import { uiPath, websocketPath } from "./paths.ts";
import { validatePerApiSettings } from "./per-api.ts";
import { formatValue, maskSecret } from "./redact.ts";
import type { Config, Setting, SettingName } from "./settings.ts";
import { readVariableFiles } from "./variable-files.ts";
import {
  describeConflicts,
  type Environment,
  type FoundValue,
  findUnknownVariables,
  findVariables,
  selectAwsVariables,
  withoutEmptyValues,
} from "./variables.ts";

export interface LoadInput {
  /** The arguments, without the executable and the script. */
  readonly argv: readonly string[];
  readonly environment: Environment;
  /** Returns the text of `.env` (or `.env.test`) or of the file named by `--config`; undefined when it does not exist. */
  readonly readFile: (path: string) => string | undefined;
  /** Values that replace the declared defaults. */
  readonly defaults?: Partial<Config>;
  readonly commands?: Commands;
}

export interface SettingSource {
  /** `flag --port`, `environment PORT`, `.env PORT`, `specchat.yaml port` or `default`. */
  readonly source: string;
  /** The value as text; empty when unset, masked when secret. */
  readonly text: string;
}

export interface LoadedConfig {
  readonly config: Config;
  readonly sources: Readonly<Record<SettingName, SettingSource>>;
  /** Warnings, one line each. */
  readonly warnings: readonly string[];
  readonly arguments: Arguments;
  /**
   * The `AWS_*` variables of `.env` and the config file that are not settings and not in the environment. The AWS SDK reads credentials from
   * the process environment only, so the caller has to copy them there.
   */
  readonly awsEnvironment: Readonly<Record<string, string>>;
}

/** All errors in the settings, one line each, with the setting, its source, its value and the allowed values. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly errors: readonly string[];

  constructor(errors: readonly string[]) {
    super(errors.join("\n"));
    this.errors = errors;
  }
}

/** Returns the effective settings and their sources. @throws ConfigError */
export function loadConfig({
  argv,
  environment: processEnvironment,
  readFile,
  defaults = {},
  commands,
}: LoadInput): LoadedConfig {
  const args = readArguments(argv, commands);
  const environmentFile = readEnvironmentFile(args, processEnvironment, readFile);
  const {
    environment,
    values: fileVariables,
    errors: fileErrors,
  } = readVariableFiles({ ...processEnvironment, ...environmentFile.variables }, readFile);
  const warnings: string[] = [];

  const isTest = environment.NODE_ENV === "test" || environment.ENVIRONMENT?.toLowerCase() === "test";
  const dotenvPath = isTest ? ".env.test" : ".env";
  const { environment: dotenv, errors: dotenvErrors } = readVariableFiles(
    parseEnv((readFile(dotenvPath) ?? "").replace(/^\uFEFF/, "")),
    readFile,
  );
  const errors: string[] = [...args.errors, ...environmentFile.errors, ...fileErrors, ...dotenvErrors];
  const variableSources = [
    { label: "environment", variables: environment },
    { label: dotenvPath, variables: dotenv },
  ];

  const path =
    findFlag(args, "config")?.texts.at(-1) ?? findVariables("config", variableSources)[0]?.texts[0];
  const file = path === undefined ? undefined : readNamedFile(path, readFile);
  errors.push(...(file?.errors ?? []));
  warnings.push(...(file?.warnings ?? []));

  const values: Partial<Record<SettingName, unknown>> = {};
  const sources: Partial<Record<SettingName, SettingSource>> = {};
  for (const [name, setting] of SETTINGS) {
    const variables = findVariables(name, variableSources);
    const flag = findFlag(args, name);
    const found = flag ?? variables[0] ?? findInFile(file?.values.get(name), path);
    if (flag === undefined) warnings.push(...describeConflicts(name, setting, variables));
    if (found === undefined) {
      values[name] = Object.hasOwn(defaults, name) ? defaults[name] : setting.default;
      sources[name] = { source: "default", text: formatValue(setting, values[name]) };
      continue;
    }
    try {
      values[name] = parseTexts(setting, found.texts);
      sources[name] = { source: found.source, text: formatValue(setting, values[name]) };
    } catch (error) {
      const expected = error instanceof Error ? error.message : String(error);
      const value = found.texts.map((text) => maskSecret(setting, text, JSON.stringify)).join(", ");
      errors.push(`${name}: ${value} from ${found.source} is not ${expected}`);
    }
  }
  warnings.push(...findUnknownVariables(variableSources));
  if (errors.length > 0) throw new ConfigError(errors);

  // Each value was parsed by the kind of its setting, so it has the declared type.
  const config = applyDefaultModel(values as Config, sources as Record<SettingName, SettingSource>);
  const awsEnvironment = selectAwsVariables(
    { ...file?.awsVariables, ...dotenv, ...environmentFile.variables, ...fileVariables },
    processEnvironment,
  );
  const aws = { ...withoutEmptyValues(environment), ...awsEnvironment };
  const withRegion = applyProfileRegion(config, aws, readFile);
  warnings.push(...describeIgnoredKeys(config.config.profile, config.sources.profile.source, aws));
  const conflicts = validateAcrossSettings(withRegion);
  if (conflicts.length > 0) throw new ConfigError(conflicts);
  return { ...withRegion, warnings, arguments: args, awsEnvironment };
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
    ? { values: new Map(), awsVariables: {}, errors: [`config: file not found: ${path}`], warnings: [] }
    : readConfigFile(path, text);
}

/** Returns the last value of a scalar or all values of a list. @throws Error whose message names the allowed values. */
function parseTexts({ kind }: Setting<unknown>, texts: readonly string[]): unknown {
  if (kind.isList === true) {
    const entries = texts.flatMap(splitJsonList).flatMap((text) => kind.parse(text));
    if (kind.refusesEmpty && entries.length === 0) throw new Error("a list with an entry");
    return entries;
  }
  if (kind.placeholder !== "" || texts.length === 1) return kind.parse(texts.at(-1) ?? "");
  return texts.map((text) => kind.parse(text)).at(-1);
}

/** Returns the entries of a list in JSON form (`["/admin"]`), and any other text as the only entry. @throws Error */
function splitJsonList(text: string): readonly string[] {
  // A glob can begin with a bracket too, but not with a bracket and a quote.
  if (!/^\s*\[\s*["'\]]/.test(text)) return [text];
  try {
    const entries: unknown = JSON.parse(text);
    if (Array.isArray(entries) && entries.every((entry) => typeof entry === "string")) return entries;
  } catch {
    // The error below names the expected form.
  }
  throw new Error('a JSON list of texts, such as ["/admin", "/internal"]');
}

/** Uses the first of `models` as the model when `model` is not set. */
function applyDefaultModel(
  config: Config,
  sources: Record<SettingName, SettingSource>,
): Pick<LoadedConfig, "config" | "sources"> {
  const [first] = config.models;
  if (sources.model.source !== "default" || first === undefined) return { config, sources };
  const model = { source: `first of ${sources.models.source}`, text: first };
  return { config: { ...config, model: first }, sources: { ...sources, model } };
}

/** Uses the region of the profile when `region` is not set. */
function applyProfileRegion(
  { config, sources }: Pick<LoadedConfig, "config" | "sources">,
  environment: Environment,
  readFile: LoadInput["readFile"],
): Pick<LoadedConfig, "config" | "sources"> {
  if (sources.region.source !== "default") return { config, sources };
  const found = readProfileRegion(config.profile, environment, readFile);
  if (!found) return { config, sources };
  const region = { source: found.source, text: found.region };
  return { config: { ...config, region: found.region }, sources: { ...sources, region } };
}

function validateAcrossSettings({
  config,
  sources,
}: Pick<LoadedConfig, "config" | "sources">): readonly string[] {
  const errors = [...validatePerApiSettings(config), ...validateAuthentication(config)];
  const { chunkOverlap, chunkSize } = config;
  if (chunkOverlap >= chunkSize)
    errors.push(
      `chunkOverlap: "${chunkOverlap}" from ${sources.chunkOverlap.source} is not a number below chunkSize (${chunkSize})`,
    );
  if (config.auditRequired && config.auditLog === undefined)
    errors.push("auditRequired: set auditLog too; without it nothing is recorded");
  if (config.requestMetadata.length > 16)
    errors.push(`requestMetadata: ${config.requestMetadata.length} entries; Bedrock accepts at most 16`);
  try {
    readLimits(config);
  } catch (error) {
    errors.push(error instanceof Error ? error.message : String(error));
  }
  const page = uiPath(config);
  if (page === websocketPath(config))
    errors.push(`uiEndpoint: ${page} is also the WebSocket path; set two different paths`);
  return errors;
}
