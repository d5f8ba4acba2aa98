/** The names of settings as flags and variables, and suggestions for misspelled names. */
import { closest, distance } from "fastest-levenshtein";
import { type Setting, type SettingName, settings } from "./settings.ts";

/** All settings in the order of declaration. */
export const SETTINGS = Object.entries(settings) as readonly [SettingName, Setting<unknown>][];

/** Turns `maxTokens` into `max-tokens`. */
export function kebabCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

const ENVIRONMENT_NAMES = new Map(
  SETTINGS.map(([name, { env = [] }]): [SettingName, readonly string[]] => [
    name,
    [`SPECCHAT_${kebabCase(name).replaceAll("-", "_").toUpperCase()}`, ...env],
  ]),
);

/** Returns the environment names of a setting in order of precedence, `SPECCHAT_<FLAG>` first. */
export function environmentNames(name: SettingName): readonly string[] {
  return ENVIRONMENT_NAMES.get(name) ?? [];
}

/** Names of the replaced systems' documents that are no environment names of the setting. */
const DOCUMENTED_NAMES: Readonly<Record<string, SettingName>> = {
  model_id: "model",
  custom_system_prompt: "systemPrompt",
  cors_allowed_origins: "allowedOrigins",
  api_host: "host",
  api_port: "port",
  api_log_level: "logLevel",
  api_call_timeout: "timeout",
  conversation_history_limit: "maxConversationMessages",
};

/** Names of these documents that have no counterpart here. They are ignored with a warning. */
const OBSOLETE_NAMES = [
  "tool_call_cache_size",
  "tools_desc",
  "model_cache_size",
  "default_model_provider",
  "default_model_name",
  "rate_limit_enabled",
  "rate_limit_requests_per_second",
  "phoenix_console_export",
  "jwt_expires_in",
  "auth_dependency",
  "enable_dev_auth",
  "disable_mcp",
  "event_bus_name",
  "default_ttl_seconds",
  "langchain_api_key",
  "ollama_endpoint",
  "ollama_model",
  "openai_api_key",
  "openai_model",
  "openai_base_url",
  "langchain_project",
  "langchain_endpoint",
  "credentials_encryption_key",
  "node_env",
  "ddb_table",
  "use_dynamodb_local",
].map(normalizeKey);

/** Turns the spellings of a name into one: `max-tokens`, `MAX_TOKENS` and `maxTokens` into `maxtokens`. */
function normalizeKey(key: string): string {
  return key.replace(/[-_]/g, "").toLowerCase();
}

const SETTING_BY_KEY = new Map<string, SettingName>(
  [
    ...Object.entries(DOCUMENTED_NAMES).map(([key, name]) => [key, name] as const),
    // With and without the prefix, since the documents have both.
    ...SETTINGS.flatMap(([name]) =>
      environmentNames(name).flatMap((key) => [
        [key.replace(/^BEDROCK_/, ""), name] as const,
        [key, name] as const,
      ]),
    ),
    ...SETTINGS.map(([name]) => [name, name] as const),
  ].map(([key, name]) => [normalizeKey(key), name]),
);

/** Finds a setting by a key of a config file: its name, its environment name or its name in the replaced systems, in any spelling. */
export function findSettingByKey(key: string): SettingName | undefined {
  return SETTING_BY_KEY.get(normalizeKey(key));
}

/** Returns whether a replaced system had a setting of this name that has no counterpart here. */
export function isObsoleteName(key: string): boolean {
  const normalized = normalizeKey(key);
  return OBSOLETE_NAMES.some((name) => name === normalized || `bedrock${name}` === normalized);
}

/** Returns ` (did you mean …?)`, or an empty text when no known name is similar. */
export function formatSuggestion(wrong: string, known: readonly string[]): string {
  if (known.length === 0) return "";
  const nearest = closest(wrong, known);
  const isClose = wrong.length > 2 && distance(wrong, nearest) <= Math.max(2, Math.floor(wrong.length / 3));
  return isClose ? ` (did you mean ${nearest}?)` : "";
}
