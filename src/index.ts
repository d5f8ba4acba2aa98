/**
 * specchat as a part of a Bun application: questions asked in process, and all its ways of speaking under the application's own
 * server. Nothing is read from the process: settings come in as arguments.
 */

import { startBackgroundJobs } from "./app/background-jobs.ts";
import { closeApp, createApp } from "./app/create-app.ts";
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

/** Each setting by its name in a config file: `maxTokens` for `--max-tokens`. Those of a server of one's own have no meaning here. */
export type SpecchatSettings = {
  readonly [Name in Exclude<SettingName, "allowUnauthenticated" | "config" | "host" | "port">]?: SettingInput<
    Config[Name]
  >;
} & { readonly apis?: Readonly<Record<string, Readonly<Record<string, unknown>>>> };

type SettingInput<Value> =
  NonNullable<Value> extends readonly string[] ? string | readonly string[] : NonNullable<Value>;

/** What is there outside. */
export interface SpecchatOptions {
  /** Settings and proxies are looked for there, `process.env` say; nowhere when unset. The AWS SDK reads the process's own all the same. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** A line of the log, which tells of warnings unless `logLevel` says otherwise. Default: dropped. */
  readonly write?: (line: string) => void;
  /** In place of the usual ones. */
  readonly ports?: Partial<Ports>;
}

export interface Specchat {
  /** What happens, from `turn_started` to `turn_ended`. Leaving the loop stops the turn. @throws AppError: the question cannot be taken. */
  ask(question: string, options?: AskOptions): AsyncGenerator<ChatEvent, void>;
  /** For `Bun.serve`: whatever the settings serve, 404 for anything else. Undefined: the request was upgraded to a WebSocket. */
  fetch(request: Request, server: Bun.Server<SocketData>): Promise<Response | undefined>;
  /** For `Bun.serve`, beside {@link fetch}. */
  readonly websocket: Bun.WebSocketHandler<SocketData>;
  /** Warnings of the settings and the documents, one line each. */
  readonly warnings: readonly string[];
  /** No new turns; running ones get `stopGrace` seconds, then all is given back. Can be called again. */
  close(): Promise<void>;
}

/** @throws ConfigError, DocumentError or StartError, each saying what is to be mended. */
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
  const ports = { ...createSystemPorts(config, { environment, logLevel, write }), ...options.ports };
  const app = await createApp(config, ports);
  return createFacade(app, ports, [...warnings, ...app.warnings, ...app.apis.current.warnings]);
}

/** How a mistake says where a setting came from. */
const CONFIG_SOURCE = "createSpecchat";

function createFacade(app: App, ports: Ports, warnings: readonly string[]): Specchat {
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
  }
  return {
    ask: (question, options = {}) => askInProcess(app, sessions, question, options),
    async fetch(request, server) {
      if (isClosed) return Response.json({ detail: "This assistant is closed." }, { status: 503 });
      return await fetch(request, server);
    },
    websocket,
    warnings,
    close: () => (closed ??= close()),
  };
}
