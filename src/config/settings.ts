/**
 * Every setting, declared once. The flag is the key in kebab case (`maxTokens` → `--max-tokens`), `SPECCHAT_<FLAG>` is
 * always one of its environment names, and `--help`, `.env.example` and the README's table are written from here.
 */
import {
  httpUrl,
  integer,
  type Kind,
  list,
  number,
  oneOf,
  origin,
  type ReadEntry,
  repeated,
  text,
  toggle,
  urlPath,
} from "./kinds.ts";
import { headerOf, perApi } from "./per-api.ts";

export interface Setting<T> {
  readonly kind: Kind<T>;
  readonly default: T;
  readonly group: Group;
  /** One line, no full stop. */
  readonly describe: string;
  /** Environment names beside `SPECCHAT_<FLAG>`, in order of precedence. */
  readonly env?: readonly string[];
  /** Its value is never shown. */
  readonly secret?: boolean;
  /** One letter. */
  readonly short?: string;
}

export const GROUPS = ["The API", "The model", "Conversations", "The server", "Access", "Operation"] as const;
export type Group = (typeof GROUPS)[number];

/** Active in July 2026; a global profile works from every commercial region. */
export const DEFAULT_MODEL = "global.anthropic.claude-haiku-4-5-20251001-v1:0";

/** Declared with its value's type inferred from its kind; `fallback` is what no source set. */
function setting<T>(
  group: Group,
  kind: Kind<T>,
  fallback: NoInfer<T>,
  describe: string,
  more: Partial<Pick<Setting<T>, "env" | "secret" | "short">> = {},
): Setting<T> {
  return { group, kind, default: fallback, describe, ...more };
}

/** One that may be left unset. */
function optional<T>(
  group: Group,
  kind: Kind<T>,
  describe: string,
  more: Partial<Pick<Setting<T>, "env" | "secret" | "short">> = {},
): Setting<T | undefined> {
  return { group, kind, default: undefined, describe, ...more };
}

/** An entry that may begin with an API's name; `read` sees what follows. */
function perApiEntry(read: ReadEntry): ReadEntry {
  return (entry) => {
    const { name, value } = perApi(entry);
    return name === undefined ? read(value) : `${name}=${read(value)}`;
  };
}

function header(entry: string): string {
  return headerOf(entry).join(": ");
}

/** @throws Error saying what is allowed. */
function credential(entry: string): string {
  if (!/^[^:\s][^:]*:\s*\S/.test(entry)) throw new Error("a credential as SCHEME: VALUE");
  return entry;
}

/** Headers that belong to one connection, or that the request itself decides: https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1 */
const NOT_FORWARDABLE =
  /^(host|connection|upgrade|keep-alive|te|trailer|transfer-encoding|content-.*|expect|origin|cookie|accept|sec-.*|proxy-.*)$/i;

/** @throws Error saying what is allowed. */
function forwardable(entry: string): string {
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(entry)) throw new Error("a header's name");
  if (NOT_FORWARDABLE.test(entry))
    throw new Error("a header that may be forwarded (cookies: --forward-cookies)");
  return entry;
}

/** @throws Error saying what is allowed. */
function cookieName(entry: string): string {
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(entry)) throw new Error("a cookie's name");
  return entry;
}

export const settings = {
  // The API
  spec: setting(
    "The API",
    repeated("FILE|URL|-"),
    [],
    "OpenAPI document of the API; several are served together (name=… gives one a name)",
  ),
  specPoll: setting(
    "The API",
    number({ above: 0 }),
    60,
    "seconds between two looks at whether a document at a URL has changed; files are watched",
  ),
  baseUrl: setting(
    "The API",
    repeated("URL", perApiEntry(httpUrl)),
    [],
    "where the API's requests go, instead of the document's servers (name=… for one of several)",
  ),
  apiHeader: setting(
    "The API",
    repeated("NAME: VALUE", perApiEntry(header)),
    [],
    "a header sent with every API request (name=NAME: VALUE for one of several)",
    { secret: true },
  ),
  apiCredential: setting(
    "The API",
    repeated("SCHEME: VALUE", perApiEntry(credential)),
    [],
    "what a security scheme of the document is met with: a key, a token, user:password, client-id:client-secret (name=SCHEME: VALUE for one of several)",
    { secret: true },
  ),
  forwardHeaders: setting(
    "The API",
    list("NAME,…", perApiEntry(forwardable)),
    [],
    "headers of the caller's own request that go on to the API with each call (name=NAME for one of several)",
  ),
  forwardCookies: setting(
    "The API",
    list("NAME,…", perApiEntry(cookieName)),
    [],
    "cookies of the caller's own request that go on to the API with each call (name=NAME for one of several)",
  ),
  apiClientCert: setting(
    "The API",
    repeated("FILE"),
    [],
    "PEM certificate shown to an API that asks for one, mutual TLS (name=FILE for one of several)",
  ),
  apiClientKey: setting("The API", repeated("FILE"), [], "PEM key of that certificate"),
  apiCa: setting(
    "The API",
    repeated("FILE"),
    [],
    "PEM certificates an API's own is checked against, instead of the system's (name=FILE for one of several)",
  ),
  specHeader: setting(
    "The API",
    repeated("NAME: VALUE", perApiEntry(header)),
    [],
    "a header sent to fetch a private document, to its own origin alone (name=NAME: VALUE for one of several)",
    { secret: true },
  ),
  allowedPaths: setting(
    "The API",
    list("PATH,…"),
    [],
    "offer only operations at or below these paths; globs allowed",
    { env: ["BEDROCK_ALLOWED_PATHS"] },
  ),
  excludedPaths: setting(
    "The API",
    list("PATH,…"),
    [],
    "leave out operations whose path begins with one of these; globs allowed",
    { env: ["BEDROCK_EXCLUDED_PATHS"] },
  ),
  allowedMethods: setting("The API", list("METHOD,…"), [], "offer only operations with these methods"),
  excludedMethods: setting("The API", list("METHOD,…"), [], "leave out operations with these methods"),
  allowedTags: setting(
    "The API",
    list("TAG,…"),
    [],
    "offer only operations with one of these tags; globs allowed",
  ),
  excludedTags: setting(
    "The API",
    list("TAG,…"),
    [],
    "leave out operations with one of these tags; globs allowed",
  ),
  allowedOperations: setting(
    "The API",
    list("NAME,…"),
    [],
    "offer only operations with these operationIds or tool names; globs allowed",
  ),
  excludedOperations: setting(
    "The API",
    list("NAME,…"),
    [],
    "leave out operations with these operationIds or tool names; globs allowed",
  ),
  overlay: setting(
    "The API",
    repeated(
      "FILE|URL",
      perApiEntry((entry) => entry),
    ),
    [],
    "OpenAPI Overlay laid over the document before it is read; several, in this order (name=… for one of several APIs)",
  ),
  allowHosts: setting(
    "The API",
    list("HOST,…"),
    [],
    "hosts besides the API's own that documents, servers of single operations and redirects may lead to",
  ),
  specRoot: optional(
    "The API",
    text("FOLDER"),
    "folder whose files a --spec file may refer to, besides its own folder and the one above",
  ),
  includeDeprecated: setting("The API", toggle(), false, "offer deprecated operations too"),
  descriptionLimit: setting(
    "The API",
    integer({ min: 20 }),
    600,
    "characters of an operation's description the model is shown; of a property's, half of it",
  ),
  timeout: setting("The API", number({ above: 0 }), 30, "seconds an API call may take", {
    env: ["BEDROCK_TIMEOUT", "TIMEOUT"],
  }),
  maxResponseSize: setting(
    "The API",
    integer({ min: 1000 }),
    10_000_000,
    "bytes of an API's answer that are read",
  ),

  // The model
  model: setting(
    "The model",
    text("ID"),
    DEFAULT_MODEL,
    "model id, inference profile or ARN; `demo` is the built-in one",
    { env: ["BEDROCK_MODEL_ID"] },
  ),
  models: setting(
    "The model",
    list("ID,…"),
    [],
    "models a client may choose; the first is the default when --model is not set",
    { env: ["BEDROCK_MODEL_ARNS"] },
  ),
  region: setting("The model", text("REGION"), "us-east-1", "AWS region of Bedrock", {
    env: ["AWS_REGION", "AWS_DEFAULT_REGION"],
  }),
  profile: optional("The model", text("NAME"), "profile of the AWS configuration files", {
    env: ["AWS_PROFILE", "BEDROCK_PROFILE"],
  }),
  temperature: optional(
    "The model",
    number({ min: 0, max: 1 }),
    "sampling temperature; the model's own when unset",
    { env: ["BEDROCK_TEMPERATURE", "TEMPERATURE", "DEFAULT_TEMPERATURE"] },
  ),
  topP: optional("The model", number({ min: 0, max: 1 }), "nucleus sampling; the model's own when unset", {
    env: ["BEDROCK_TOP_P"],
  }),
  maxTokens: setting("The model", integer({ min: 1 }), 4096, "tokens an answer may have", {
    env: ["BEDROCK_MAX_TOKENS"],
  }),
  systemPrompt: optional(
    "The model",
    text("TEXT"),
    "what the assistant is told of itself, instead of the built-in text",
    { env: ["BEDROCK_SYSTEM_PROMPT"] },
  ),
  maxRetries: setting(
    "The model",
    integer({ min: 0 }),
    3,
    "how often a throttled or broken model call is tried again",
    { env: ["BEDROCK_MAX_RETRIES"] },
  ),
  retryDelay: setting("The model", number({ above: 0 }), 1, "seconds before the first retry", {
    env: ["BEDROCK_RETRY_DELAY"],
  }),
  exponentialBackoff: setting("The model", toggle(), true, "double the wait before each further retry", {
    env: ["BEDROCK_EXPONENTIAL_BACKOFF"],
  }),
  jitter: setting(
    "The model",
    toggle(),
    true,
    "wait a random part of it, so that not all come back at once",
    {
      env: ["BEDROCK_JITTER"],
    },
  ),
  connectTimeout: setting("The model", number({ above: 0 }), 5, "seconds to connect to Bedrock"),
  silenceTimeout: setting(
    "The model",
    number({ above: 0 }),
    120,
    "seconds Bedrock may be silent within a call",
  ),
  fallbackModel: setting(
    "The model",
    list("ID,…"),
    [],
    "models that answer, in this order, when the one asked is throttled, broken or retired; one in another region is region/ID or ID@region",
    { env: ["BEDROCK_FALLBACK_MODEL"] },
  ),
  gracefulDegradation: setting("The model", toggle(), true, "let the fallback models answer", {
    env: ["BEDROCK_GRACEFUL_DEGRADATION"],
  }),
  breakerFailures: setting(
    "The model",
    integer({ min: 1 }),
    5,
    "failed calls in a row after which a model is not asked for a while",
    { env: ["BEDROCK_CIRCUIT_BREAKER_THRESHOLD"] },
  ),
  breakerRecovery: setting("The model", number({ above: 0 }), 30, "seconds it is then not asked", {
    env: ["BEDROCK_CIRCUIT_BREAKER_RECOVERY"],
  }),
  maxConcurrentRequests: setting(
    "The model",
    integer({ min: 1 }),
    500,
    "calls of one model at once; fewer while Bedrock throttles",
    { env: ["BEDROCK_MAX_CONCURRENT_REQUESTS"] },
  ),
  requestQueueSize: setting(
    "The model",
    integer({ min: 0 }),
    1000,
    "calls that may wait for their turn; callers take turns",
    { env: ["BEDROCK_REQUEST_QUEUE_SIZE"] },
  ),
  modelFamily: optional(
    "The model",
    text("ID"),
    "the model behind an application inference profile, whose ARN does not tell: a model id or its beginning",
    { env: ["BEDROCK_MODEL_FAMILY"] },
  ),
  bedrockEndpoint: optional(
    "The model",
    text("URL"),
    "address of Bedrock instead of the region's own (AWS_ENDPOINT_URL_BEDROCK_RUNTIME works too)",
    { env: ["BEDROCK_ENDPOINT_URL"] },
  ),
  guardrailId: optional("The model", text("ID|ARN"), "guardrail that every model call passes", {
    env: ["BEDROCK_GUARDRAIL_ID"],
  }),
  guardrailVersion: setting("The model", text("N|DRAFT"), "DRAFT", "version of the guardrail", {
    env: ["BEDROCK_GUARDRAIL_VERSION"],
  }),
  stopSequences: setting(
    "The model",
    repeated("TEXT"),
    [],
    "a text at which the model stops; models without this are not sent it",
    { env: ["BEDROCK_STOP_SEQUENCES"] },
  ),
  reasoningTokens: optional(
    "The model",
    integer({ min: 1 }),
    "tokens a model that can may think with before it answers; unset: it does not",
    { env: ["BEDROCK_REASONING_TOKENS"] },
  ),
  cachePoints: setting(
    "The model",
    toggle(),
    true,
    "cache prompts where the model can: repeated input costs a tenth",
    {
      env: ["BEDROCK_CACHE_POINTS"],
    },
  ),
  prices: optional(
    "The model",
    text("FILE"),
    'JSON file of prices instead of the built-in ones, USD per million tokens: {"<model id or its beginning>": {"input": 1, "output": 5, "cacheRead": 0.1, "cacheWrite": 1.25}}',
    { env: ["BEDROCK_PRICES"] },
  ),

  // Conversations
  maxToolCalls: setting("Conversations", integer({ min: 1 }), 10, "tool calls in one turn", {
    env: ["BEDROCK_MAX_TOOL_CALLS", "MAX_TOOL_CALLS"],
  }),
  maxToolCallRounds: setting(
    "Conversations",
    integer({ min: 1 }),
    10,
    "model calls of one turn that may ask for tools",
    { env: ["BEDROCK_MAX_TOOL_CALL_ROUNDS"] },
  ),
  maxParallelCalls: setting(
    "Conversations",
    integer({ min: 1 }),
    8,
    "tool calls of one round that run at the same time",
  ),
  maxConversationMessages: setting(
    "Conversations",
    integer({ min: 1 }),
    20,
    "messages of the history the model sees",
    { env: ["BEDROCK_MAX_CONVERSATION_MESSAGES"] },
  ),
  conversationStrategy: setting(
    "Conversations",
    oneOf(["sliding_window", "truncate", "smart_prune"]),
    "sliding_window",
    "what is left out of a long history: the oldest part in steps that keep the model's cache, no more than needed, or tool calls before dialogue",
    { env: ["BEDROCK_CONVERSATION_STRATEGY"] },
  ),
  preserveSystemMessage: setting(
    "Conversations",
    toggle(),
    true,
    "send the system prompt even when the oldest messages are left out",
    { env: ["BEDROCK_PRESERVE_SYSTEM_MESSAGE"] },
  ),
  summarize: setting(
    "Conversations",
    toggle(),
    true,
    "have the model take notes, between two turns, on what is about to be left out",
    { env: ["BEDROCK_SUMMARIZE", "MEMORY_ENABLED"] },
  ),
  summarizeAfter: optional(
    "Conversations",
    integer({ min: 2 }),
    "messages after which notes are taken; --max-conversation-messages when unset, and never later",
    { env: ["MEMORY_TRIGGER_MESSAGE_COUNT"] },
  ),
  summarizeKeep: optional(
    "Conversations",
    integer({ min: 1 }),
    "newest messages that are then shown beside the notes; half of that when unset",
    { env: ["MEMORY_KEEP_RECENT_COUNT"] },
  ),
  summaryModel: optional(
    "Conversations",
    text("ID"),
    "model that takes the notes; the turn's own when unset",
    {
      env: ["MEMORY_SUMMARIZATION_MODEL"],
    },
  ),
  maxTurnSeconds: optional(
    "Conversations",
    number({ above: 0 }),
    "seconds after which a turn makes no further tool calls and is asked for its answer",
  ),
  maxTurnCostUsd: optional(
    "Conversations",
    number({ above: 0 }),
    "USD after which a turn makes no further tool calls and is asked for its answer",
  ),
  maxMessageSize: setting(
    "Conversations",
    integer({ min: 100 }),
    100_000,
    "characters of a user message beyond which the model gets it in chunks, and of one tool result the model is shown",
    { env: ["BEDROCK_MAX_MESSAGE_SIZE"] },
  ),
  enableMessageChunking: setting(
    "Conversations",
    toggle(),
    true,
    "send longer messages in chunks; otherwise whole",
    { env: ["BEDROCK_ENABLE_MESSAGE_CHUNKING"] },
  ),
  chunkSize: setting(
    "Conversations",
    integer({ min: 100 }),
    80_000,
    "characters of a chunk, header included",
    {
      env: ["BEDROCK_CHUNK_SIZE"],
    },
  ),
  chunkOverlap: setting(
    "Conversations",
    integer({ min: 0 }),
    1000,
    "characters that a chunk repeats of the one before; less than --chunk-size",
    { env: ["BEDROCK_CHUNK_OVERLAP"] },
  ),
  chunkingStrategy: setting(
    "Conversations",
    oneOf(["simple", "preserve_context", "semantic"]),
    "preserve_context",
    "where long messages are cut: by length, between records, paragraphs, lines or words, or where the topic changes",
    { env: ["BEDROCK_CHUNKING_STRATEGY"] },
  ),
  maxFilesSize: setting(
    "Conversations",
    integer({ min: 0 }),
    200_000_000,
    "bytes of files from APIs that are kept for people to fetch, in all; beyond it the oldest go",
  ),
  maxPages: setting(
    "Conversations",
    integer({ min: 1 }),
    50,
    "pages of a list that one call of fetch_all gets",
  ),
  maxItems: setting(
    "Conversations",
    integer({ min: 1 }),
    10_000,
    "records after which fetch_all gets no further page",
  ),
  maxSessionResults: setting(
    "Conversations",
    integer({ min: 0 }),
    50_000_000,
    "characters of long API answers kept whole for one session; beyond it the oldest go",
  ),
  maxResultsMemory: setting(
    "Conversations",
    integer({ min: 0 }),
    100_000_000,
    "characters of them kept in memory, of all sessions; beyond it the oldest go to disk",
  ),
  maxResultsDisk: setting(
    "Conversations",
    integer({ min: 0 }),
    1_000_000_000,
    "characters of them kept on disk; beyond it the oldest are gone, and the model is told",
  ),
  maxInputSize: setting("Conversations", integer({ min: 1 }), 1_000_000, "characters of one user message", {
    env: ["BEDROCK_MAX_INPUT_SIZE"],
  }),
  maxSessions: setting(
    "Conversations",
    integer({ min: 1 }),
    1000,
    "live sessions kept in memory; beyond it the oldest idle one goes",
    { env: ["BEDROCK_MAX_SESSIONS"] },
  ),
  sessionTimeout: setting(
    "Conversations",
    number({ above: 0 }),
    3600,
    "seconds an idle session is kept in memory",
    { env: ["BEDROCK_SESSION_TIMEOUT"] },
  ),

  // The server
  port: setting(
    "The server",
    integer({ min: 0, max: 65535 }),
    8000,
    "port to listen on; 0 picks a free one",
    { env: ["PORT"], short: "p" },
  ),
  host: setting("The server", text("ADDRESS"), "127.0.0.1", "address to listen on"),
  chatEndpoint: setting("The server", urlPath(), "/bedrock-chat", "base path of the chat", {
    env: ["BEDROCK_CHAT_ENDPOINT"],
  }),
  websocketEndpoint: optional("The server", urlPath(), "path of the WebSocket; <base>/ws when unset", {
    env: ["BEDROCK_WEBSOCKET_ENDPOINT"],
  }),
  uiEndpoint: optional("The server", urlPath(), "path of the page; <base>/ui when unset", {
    env: ["BEDROCK_UI_ENDPOINT"],
  }),
  enableUi: setting("The server", toggle(), true, "serve the chat page", {
    env: ["ENABLE_BEDROCK_UI", "BEDROCK_ENABLE_UI"],
  }),
  stopGrace: setting("The server", number({ min: 0 }), 30, "seconds running turns get when the server stops"),
  busyText: optional("The server", text("TEXT"), "said to people when the model is overloaded"),
  deniedText: optional("The server", text("TEXT"), "said to people when the account may not use the model"),
  troubleText: optional("The server", text("TEXT"), "said to people when the model fails otherwise"),

  // Access
  allowedOrigins: setting(
    "Access",
    list("ORIGIN,…", origin),
    [],
    "web origins besides the own one; * opens plain HTTP (without cookies) but never WebSockets",
    { env: ["ALLOWED_ORIGINS", "CORS_ORIGINS", "DASHBOARD_ORIGIN"] },
  ),
  allowedHosts: setting("Access", list("HOST,…"), [], "Host names besides loopback and the bound one"),
  allowUnauthenticated: setting(
    "Access",
    toggle(),
    false,
    "listen beyond this machine although nobody is asked who they are",
  ),

  // Operation
  config: optional("Operation", text("FILE"), "settings from a YAML or JSON file"),
  dataDir: setting(
    "Operation",
    text("FOLDER"),
    "./.specchat",
    "where data lies that memory has no room for; made when it is needed",
    { env: ["STATE_DIRECTORY"] },
  ),
  logLevel: setting(
    "Operation",
    oneOf(["debug", "info", "warning", "error", "silent"], {
      warn: "warning",
      critical: "error",
      fatal: "error",
    }),
    "info",
    "what the log holds",
    { env: ["LOG_LEVEL"] },
  ),
  debugMode: setting("Operation", toggle(), false, "log at debug level", { env: ["DEBUG_MODE"] }),
};

export type Settings = typeof settings;
export type SettingName = keyof Settings;
/** The effective settings. */
export type Config = { readonly [Name in SettingName]: Settings[Name] extends Setting<infer T> ? T : never };
