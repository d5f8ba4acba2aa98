/**
 * Sessions of MCP revisions up to 2025-11-25. A session holds its owner and its transport but no credentials: each request carries
 * its own.
 */
import { randomUUID } from "node:crypto";
import { isInitializeRequest, type Server } from "@modelcontextprotocol/server";
import type { SelectVictim } from "../../access/types.ts";
import { AnsweringTransport } from "./answering-transport.ts";

interface McpSession {
  readonly owner: string;
  readonly server: Server;
  readonly transport: AnsweringTransport;
  usedAt: number;
}

export interface McpSessionsOptions {
  readonly maxSessions: number;
  readonly idleMs: number;
  readonly now: () => number;
  /** Selects the session that makes room for a new one. */
  readonly selectVictim: SelectVictim;
  readonly createServer: () => Server;
}

export class McpSessions {
  readonly #options: McpSessionsOptions;
  /** By id, the least recently used first. */
  readonly #sessions = new Map<string, McpSession>();

  constructor(options: McpSessionsOptions) {
    this.#options = options;
  }

  /** @param body the parsed body. @param owner the caller; sessions of other owners are not found. */
  async handle(request: Request, body: unknown, owner: string): Promise<Response> {
    const id = request.headers.get("mcp-session-id");
    if (id === null && !isInitializeRequest(body))
      return jsonRpcError(400, "Send an initialize request first. Its response names the session.");
    this.#evict(id === null ? 1 : 0);
    const session = id === null ? await this.#open(owner) : this.#sessions.get(id);
    if (session?.owner !== owner) return jsonRpcError(404, "Session not found");
    this.#touch(session, id);
    return await session.transport.handleRequest(request, body === undefined ? {} : { parsedBody: body });
  }

  toolsChanged(): void {
    for (const { server } of this.#sessions.values())
      void server.sendToolListChanged().catch(() => undefined);
  }

  /** Ends every session. @param message answers the requests that are still open. */
  async close(message: string): Promise<void> {
    const sessions = [...this.#sessions.values()];
    this.#sessions.clear();
    await Promise.all(sessions.map((session) => endSession(session, message)));
  }

  async #open(owner: string): Promise<McpSession> {
    const { createServer, now } = this.#options;
    const server = createServer();
    const transport = new AnsweringTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => void this.#sessions.set(id, session),
      onsessionclosed: (id) => void this.#sessions.delete(id),
    });
    const session: McpSession = { owner, server, transport, usedAt: now() };
    await server.connect(transport);
    transport.watchRequests();
    return session;
  }

  #touch(session: McpSession, id: string | null): void {
    session.usedAt = this.#options.now();
    if (id !== null && this.#sessions.delete(id)) this.#sessions.set(id, session);
  }

  /** Closes sessions that were idle for too long, and makes room for `incoming` new ones: the owner with the most loses the least recently used. */
  #evict(incoming: number): void {
    const { maxSessions, idleMs, now, selectVictim } = this.#options;
    for (const [id, session] of this.#sessions) {
      if (now() - session.usedAt <= idleMs) break;
      this.#end(id, session);
    }
    while (this.#sessions.size + incoming > maxSessions) {
      const victim = selectVictim(
        [...this.#sessions].map(([id, session]) => ({
          owner: session.owner,
          session: id,
          size: 1,
          ended: session,
        })),
      );
      if (!victim) return;
      this.#end(victim.session, victim.ended);
    }
  }

  #end(id: string, session: McpSession): void {
    this.#sessions.delete(id);
    void endSession(session, "The session has ended. Send an initialize request again.");
  }
}

async function endSession({ server, transport }: McpSession, message: string): Promise<void> {
  await transport.refuseOpenRequests(message);
  await server.close();
}

/** Returns a JSON-RPC error in the form that the SDK uses. */
function jsonRpcError(status: number, message: string): Response {
  return Response.json({ jsonrpc: "2.0", error: { code: -32000, message }, id: null }, { status });
}
