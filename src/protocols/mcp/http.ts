/** MCP over Streamable HTTP: stateless requests since revision 2026-07-28, sessions in earlier revisions. */
import { randomUUID } from "node:crypto";
import {
  createMcpHandler,
  isLegacyRequest,
  type McpHttpHandler,
  type ServerContext,
} from "@modelcontextprotocol/server";
import type { Client } from "../../access/client.ts";
import type { SessionId } from "../../chat/types.ts";
import { AppError, stopping } from "../../errors.ts";
import { parseJson } from "../../json.ts";
import { parseClientJson } from "../shared/client-json.ts";
import type { ClientText } from "../shared/long-json.ts";
import { createMcpContext } from "./mcp-context.ts";
import { createServer } from "./server.ts";
import { McpSessions } from "./sessions.ts";
import type { McpApp, McpClient, McpContext } from "./types.ts";

/** Characters of a body. */
const MAX_BODY = 4_000_000;
/** Messages of a batch, which revision 2025-03-26 has. */
const MAX_BATCH = 100;

/** Milliseconds for aborted calls to end. */
const ABORTED_MS = 1000;

export class McpHttp {
  readonly #context: McpContext;
  readonly #stopping = new AbortController();
  readonly #modern: McpHttpHandler;
  readonly #sessions: McpSessions;
  /** The client of each request, while the request is referenced. */
  readonly #clients = new WeakMap<Request, McpClient>();

  constructor(app: McpApp) {
    const { maxSessions, sessionTimeout } = app.config;
    const mcpContext = createMcpContext(app, this.#stopping.signal);
    const server = () => createServer(mcpContext, (context) => this.#clientFor(context));
    this.#context = mcpContext;
    this.#modern = createMcpHandler(server, {
      legacy: "reject",
      onerror: ({ message }) => app.log.debug("mcp", { detail: message }),
    });
    this.#sessions = new McpSessions({
      maxSessions,
      idleMs: sessionTimeout * 1000,
      now: () => app.now().getTime(),
      selectVictim: app.shares.selectVictim,
      createServer: server,
    });
    app.apis.onChange(() => {
      this.#modern.notify.toolsChanged();
      this.#sessions.toolsChanged();
    });
  }

  /**
   * @param text the body of a POST request.
   * @param admit counts a tool call against the rate limit. @throws AppError `rate_limited`
   */
  async handle(
    request: Request,
    text: ClientText,
    { caller, credentials }: Client,
    admit: () => Promise<void>,
  ): Promise<Response> {
    let body: unknown;
    if (request.method === "POST") {
      if (text.length > MAX_BODY) return jsonRpcError(413, -32000, "The request is too large.");
      try {
        body = parseClientJson(text, "bad_request", parseJson);
      } catch (error) {
        if (error instanceof AppError) return jsonRpcError(400, -32600, error.message);
        return jsonRpcError(400, -32700, "Parse error: the body is no JSON.");
      }
      if (Array.isArray(body) && body.length > MAX_BATCH)
        return jsonRpcError(400, -32600, `A batch may have ${MAX_BATCH} messages.`);
    }
    const isLegacy = await isLegacyRequest(request, body);
    const sessionHeader = isLegacy ? request.headers.get("mcp-session-id") : null;
    this.#clients.set(request, {
      caller,
      credentials,
      admit,
      session: (sessionHeader ?? randomUUID()) as SessionId,
    });
    if (!isLegacy) return await this.#modern.fetch(request, { parsedBody: body });
    return await this.#sessions.handle(request, body, caller.kind === "anonymous" ? caller.kind : caller.id);
  }

  /** Waits up to `graceMs` for running calls, then aborts them and ends every stream. */
  async stop(graceMs: number): Promise<void> {
    await this.#waitForCalls(graceMs);
    this.#stopping.abort();
    await this.#waitForCalls(ABORTED_MS);
    // Let results that have just arrived reach their clients.
    await new Promise((resolve) => setImmediate(resolve));
    await Promise.all([this.#modern.close(), this.#sessions.close(stopping().message)]);
  }

  async #waitForCalls(limitMs: number): Promise<void> {
    const limit = Promise.withResolvers<void>();
    const timer = setTimeout(limit.resolve, limitMs);
    await Promise.race([Promise.all(this.#context.running), limit.promise]);
    clearTimeout(timer);
  }

  #clientFor({ http }: ServerContext): McpClient {
    const client = http?.req && this.#clients.get(http.req);
    if (!client) throw new Error("an MCP request has no HTTP request");
    return client;
  }
}

function jsonRpcError(status: number, code: number, message: string): Response {
  return Response.json({ jsonrpc: "2.0", error: { code, message }, id: null }, { status });
}
