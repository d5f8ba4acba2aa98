/** MCP over Streamable HTTP: stateless requests since revision 2026-07-28, sessions in earlier revisions. */
import { randomUUID } from "node:crypto";
import {
  createMcpHandler,
  isLegacyRequest,
  type McpHttpHandler,
  readRequestBody,
  type ServerContext,
} from "@modelcontextprotocol/server";
import type { Client } from "../../access/client.ts";
import type { SessionId } from "../../chat/types.ts";
import { parseJson } from "../../json.ts";
import { createMcpContext } from "./mcp-context.ts";
import { createServer } from "./server.ts";
import { McpSessions } from "./sessions.ts";
import type { McpApp, McpClient, McpContext } from "./types.ts";

export class McpHttp {
  readonly #context: McpContext;
  readonly #modern: McpHttpHandler;
  readonly #sessions: McpSessions;
  /** The client of each request, while the request is referenced. */
  readonly #clients = new WeakMap<Request, McpClient>();

  constructor(app: McpApp) {
    const { maxSessions, sessionTimeout } = app.config;
    const mcpContext = createMcpContext(app);
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
      createServer: server,
    });
    app.apis.onChange(() => {
      this.#modern.notify.toolsChanged();
      this.#sessions.toolsChanged();
    });
  }

  /** @param onRead called when the body has been read and the client waits for the response. */
  async handle(request: Request, { caller, credentials }: Client, onRead: () => void): Promise<Response> {
    let body: unknown;
    if (request.method === "POST") {
      const read = await readRequestBody(request);
      if (read.tooLarge) return jsonRpcError(413, -32000, "The request is too large.");
      try {
        body = parseJson(read.text);
      } catch {
        return jsonRpcError(400, -32700, "Parse error: the body is no JSON.");
      }
    }
    onRead();
    const isLegacy = await isLegacyRequest(request, body);
    const sessionHeader = isLegacy ? request.headers.get("mcp-session-id") : null;
    this.#clients.set(request, {
      caller,
      credentials,
      session: (sessionHeader ?? randomUUID()) as SessionId,
    });
    if (!isLegacy) return await this.#modern.fetch(request, { parsedBody: body });
    return await this.#sessions.handle(request, body, caller.kind === "anonymous" ? caller.kind : caller.id);
  }

  /** Waits up to `graceMs` for running calls, then ends every stream. */
  async stop(graceMs: number): Promise<void> {
    const deadline = Promise.withResolvers<void>();
    const timer = setTimeout(deadline.resolve, graceMs);
    await Promise.race([Promise.all(this.#context.running), deadline.promise]);
    clearTimeout(timer);
    // Let results that have just arrived reach their clients.
    await new Promise((resolve) => setImmediate(resolve));
    await Promise.all([this.#modern.close(), this.#sessions.close()]);
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
