/**
 * The library API: specchat in a Bun application. It runs turns in process and serves all protocols under the application's
 * own server. Settings are arguments; nothing is read from the process.
 */
import { startBackgroundJobs } from "./app/background-jobs.ts";
import { closeApp, createApp } from "./app/create-app.ts";
import { openLog } from "./app/log-output.ts";
import { createSystemPorts } from "./app/system-ports.ts";
import type { ChatEvent } from "./chat/types.ts";
import { loadConfig } from "./config/load.ts";
import type { Config, SettingName } from "./config/settings.ts";
import type { App, Ports } from "./context.ts";
import { type AskOptions, askInProcess } from "./protocols/in-process/ask.ts";
import type { SocketData } from "./routes/_http/types.ts";
import { createHandlers } from "./server/handlers.ts";
import { SessionRegistry } from "./sessions/session-registry.ts";

export type { ApprovalDecision } from "./chat/approval.ts";
export type { Approval, ChatEvent, ToolCall, ToolResult, TurnEnd } from "./chat/types.ts";
export { ConfigError } from "./config/load.ts";
export type { App, Ports } from "./context.ts";
export { AppError, DocumentError, StartError } from "./errors.ts";
export type { AskOptions } from "./protocols/in-process/ask.ts";
export type { SocketData } from "./routes/_http/types.ts";

/** Settings by their names in a config file: `maxTokens` for `--max-tokens`. Settings of specchat's own listener are excluded. */
export type SpecchatSettings = {
  readonly [Name in Exclude<SettingName, "allowUnauthenticated" | "config" | "host" | "port">]?: SettingInput<
    Config[Name]
  >;
} & { readonly apis?: Readonly<Record<string, Readonly<Record<string, unknown>>>> };

type SettingInput<Value> =
  NonNullable<Value> extends readonly string[] ? string | readonly string[] : NonNullable<Value>;

/** The environment of an embedded specchat. */
export interface SpecchatOptions {
  /** Variables to read settings and proxies from, such as `process.env`. Default: none. The AWS SDK always reads the process's. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Receives each line of the log, from `warning` on unless `logLevel` is set. Default: lines are dropped. */
  readonly write?: (line: string) => void;
  /** Ports that replace the system's. */
  readonly ports?: Partial<Ports>;
}

/** A running specchat, created by {@link createSpecchat}. */
export interface Specchat {
  /** Runs a turn and yields its events, from `turn_started` to `turn_ended`. Leaving the loop stops it. @throws AppError when the message is refused. */
  ask(message: string, options?: AskOptions): AsyncGenerator<ChatEvent, void>;
  /** Handles a request of `Bun.serve`. Resolves to 404 for other paths, and to undefined after a WebSocket upgrade. */
  fetch(request: Request, server: Bun.Server<SocketData>): Promise<Response | undefined>;
  /** The WebSocket handler for `Bun.serve`. */
  readonly websocket: Bun.WebSocketHandler<SocketData>;
  /** Warnings about the settings and the documents, one line each. */
  readonly warnings: readonly string[];
  /** Refuses new turns, gives running ones `stopGrace` seconds and releases all resources. Repeated calls are safe. */
  close(): Promise<void>;
}

/** Creates an embedded specchat. @throws ConfigError, DocumentError or StartError, with a message that says what to fix. */
export async function createSpecchat(
  settings: SpecchatSettings = {},
  options: SpecchatOptions = {},
): Promise<Specchat> {
  const { environment = {}, write = () => {} } = options;
  const { config, sources, warnings } = loadConfig({
    argv: ["--config", CONFIG_SOURCE],
    environment,
    readFile: (path) => (path === CONFIG_SOURCE ? JSON.stringify(settings) : undefined),
  });
  const logLevel = sources.logLevel.source === "default" ? "warning" : config.logLevel;
  const { log, close: closeLog } = openLog(config, {
    level: logLevel,
    format: "pretty",
    now: () => new Date(),
    write,
  });
  const ports = { ...createSystemPorts(config, { environment, log }), ...options.ports };
  const app = await createApp(config, ports);
  return createFacade(app, ports, [...warnings, ...app.warnings, ...app.apis.current.warnings], closeLog);
}

/** The source of settings in error messages. */
const CONFIG_SOURCE = "createSpecchat";

function createFacade(
  app: App,
  ports: Ports,
  warnings: readonly string[],
  closeLog: () => Promise<void>,
): Specchat {
  const sessions = new SessionRegistry(app);
  const { fetch, websocket, drain } = createHandlers(app, sessions);
  const closing = new AbortController();
  startBackgroundJobs(app, ports, closing.signal);
  let isClosed = false;
  let closed: Promise<void> | undefined;
  async function close(): Promise<void> {
    closing.abort();
    await drain();
    isClosed = true;
    await closeApp(app);
    await closeLog();
  }
  return {
    ask: (message, options = {}) => askInProcess(app, sessions, message, options),
    async fetch(request, server) {
      if (isClosed) return Response.json({ detail: "specchat is closed." }, { status: 503 });
      return await fetch(request, server);
    },
    websocket,
    warnings,
    close: () => (closed ??= close()),
  };
}
