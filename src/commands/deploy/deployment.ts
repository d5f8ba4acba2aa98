/** Collects the facts of a deployment from the settings. */
import { basename } from "node:path";
import type { LoadedConfig } from "../../config/load.ts";
import { environmentNames, SETTINGS } from "../../config/names.ts";
import { parsePerApiValue } from "../../config/per-api.ts";
import { maskSecret } from "../../config/redact.ts";
import type { Config, Setting, SettingName } from "../../config/settings.ts";
import { StartError } from "../../errors.ts";
import type { Deployment, NeededFile, SecretReference, StoreKind, Variable } from "./types.ts";

/** The folder of settings and documents in a deployment. */
export const CONFIG_FOLDER = "/etc/specchat";

/** The host name in the output when the settings have none. */
export const EXAMPLE_HOST = "chat.example.com";

/** Settings of this machine: its files, its folders and its address. Each format sets its own. */
const LOCAL_SETTINGS: ReadonlySet<SettingName> = new Set([
  "config",
  "environmentFile",
  "dataDir",
  "profile",
  "host",
  "allowUnauthenticated",
  "allowedHosts",
  "trustedProxies",
]);

/** Settings whose file specchat writes. A relative path is in the working directory of a deployment, which is its data folder. */
export const OUTPUT_FILES = ["logFile", "auditLog"] as const satisfies readonly SettingName[];

/** Settings whose file is a secret. */
const SECRET_FILES: ReadonlySet<SettingName> = new Set(["apiClientKey", "apiKeysFile"]);

export interface DeploymentOptions {
  readonly version: string;
  readonly account?: string | undefined;
  readonly agents?: readonly string[];
}

/** @throws StartError when a setting cannot be part of a deployment. */
export function describeDeployment(
  { config, sources }: Pick<LoadedConfig, "config" | "sources">,
  { version, account, agents = [] }: DeploymentOptions,
): Deployment {
  const variables: Variable[] = [];
  const secrets: SecretReference[] = [];
  const files: NeededFile[] = [];
  for (const [name, setting] of SETTINGS) {
    if (sources[name].source === "default" || LOCAL_SETTINGS.has(name)) continue;
    const [variable = name] = environmentNames(name);
    const entries = toEntries(config[name]);
    if (SECRET_FILES.has(name)) secrets.push(...entries.map((entry) => toSecretFile(variable, entry)));
    else if (isSecret(setting, entries))
      secrets.push({ name: variable, variable, kind: "value", prefix: "" });
    else if (isOutputFile(name))
      variables.push({ name: variable, value: formatEntries(entries.map((entry) => basename(entry))) });
    else if (!namesFiles(setting)) variables.push({ name: variable, value: formatEntries(entries) });
    else {
      const needed = entries.map(findFile);
      files.push(...needed.flatMap(({ file }) => (file ? [file] : [])));
      variables.push({ name: variable, value: formatEntries(needed.map(({ entry }) => entry)) });
    }
  }
  const [host = EXAMPLE_HOST, ...others] = config.allowedHosts.map(checkHost);
  return {
    version,
    config,
    hosts: [host, ...others],
    store: readStoreKind(config.store),
    variables: [
      ...variables,
      { name: "SPECCHAT_ALLOWED_HOSTS", value: [host, ...others].join(",") },
      { name: "SPECCHAT_TRUSTED_PROXIES", value: String(countProxies({ config, sources })) },
    ],
    secrets,
    files: checkTargets(files),
    account,
    agents,
    maxRequestBytes: maxRequestBytes(config),
  };
}

/** The files expect one proxy in front, unless the settings say otherwise. */
function countProxies({ config, sources }: Pick<LoadedConfig, "config" | "sources">): number {
  return sources.trustedProxies.source === "default" ? 1 : config.trustedProxies;
}

/** @throws StartError for a name that a proxy would read as something else. */
function checkHost(host: string): string {
  if (/^([\w*-]+\.)*[\w-]+(:\d+)?$/.test(host)) return host;
  throw new StartError(`--allowed-hosts: ${host} is not a host name such as ${EXAMPLE_HOST}.`);
}

function toEntries(value: Config[SettingName]): readonly string[] {
  return value === undefined ? [] : typeof value === "object" ? value : [String(value)];
}

/** Returns the value of a variable: one entry as it is, several as a JSON list. */
export function formatEntries(entries: readonly string[]): string {
  const [first = "[]"] = entries;
  return entries.length > 1 ? JSON.stringify(entries) : first;
}

/** Returns true for a secret setting, and for a URL with a password or a query. The table of DynamoDB has a query without secrets. */
function isSecret(setting: Setting<unknown>, entries: readonly string[]): boolean {
  return (
    setting.secret === true ||
    entries.some((entry) => !entry.startsWith("dynamodb://") && maskSecret(setting, entry) !== entry)
  );
}

function isOutputFile(name: SettingName): boolean {
  return OUTPUT_FILES.some((output) => output === name);
}

function namesFiles({ kind }: Setting<unknown>): boolean {
  return /\b(FILE|FOLDER)\b/.test(kind.placeholder);
}

function toSecretFile(variable: string, entry: string): SecretReference {
  const { name, value } = parsePerApiValue(entry);
  const suffix = name === undefined ? "" : `_${name.toUpperCase().replaceAll("-", "_")}`;
  const prefix = name === undefined ? "" : `${name}=`;
  return { name: `${variable}${suffix}`, variable, kind: "path", prefix, source: value };
}

/** @throws StartError for standard input. */
function findFile(entry: string): { readonly entry: string; readonly file?: NeededFile } {
  const { name, value } = parsePerApiValue(entry);
  if (value === "-")
    throw new StartError("A deployment cannot read a document from standard input. Pass --spec FILE or URL.");
  if (value === "demo" || /^https?:\/\//i.test(value)) return { entry };
  const target = `${CONFIG_FOLDER}/${basename(value)}`;
  return {
    entry: name === undefined ? target : `${name}=${target}`,
    file: { source: value, target },
  };
}

/** Removes repeated files. @throws StartError when two files have the same name. */
function checkTargets(files: readonly NeededFile[]): readonly NeededFile[] {
  const sources = new Map<string, string>();
  for (const { source, target } of files) {
    const other = sources.get(target) ?? source;
    if (other !== source)
      throw new StartError(
        `${other} and ${source} would both be ${target} in the deployment. Rename one of them.`,
      );
    sources.set(target, source);
  }
  return [...sources].map(([target, source]) => ({ source, target }));
}

function readStoreKind(store: string): StoreKind {
  if (store === "memory" || store === "sqlite") return store;
  return store.startsWith("dynamodb:") ? "dynamodb" : "redis";
}

/** Base64 adds a third, and a character of a message takes up to four bytes. */
function maxRequestBytes({ maxAttachmentsSize, maxInputSize }: Config): number {
  return Math.ceil(maxAttachmentsSize * 1.4) + maxInputSize * 4 + 1_000_000;
}
