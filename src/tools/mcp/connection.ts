/** Keeps the connection to one MCP server open in the background until it is stopped. */
import type { CallToolResult, Client, Tool } from "@modelcontextprotocol/client";
import type { McpServer } from "../../config/mcp-servers.ts";
import { createValidator } from "../arguments/validator.ts";
import type { CustomTool } from "../types.ts";
import { CONNECT_TIMEOUT_MS, connect } from "./connect.ts";
import { describeMcpError, withoutSecrets } from "./describe-error.ts";
import { isConnectionLoss, isSessionLoss } from "./lost-connection.ts";
import { createMcpTool, isHintedReadOnly } from "./tool.ts";
import type { McpPorts } from "./types.ts";

/** The delay before the first retry. It doubles with each further one. */
const INITIAL_RETRY_DELAY_MS = 1000;
const MAX_RETRY_DELAY_MS = 60_000;
/** A connection that lasted longer than this is reopened without delay. */
const STABLE_CONNECTION_MS = 60_000;
/** Disables the SDK's limit. `callCustomTool` has its own. */
const NO_TIMEOUT_MS = 2 ** 31 - 1;

interface ActiveConnection {
  readonly client: Client;
  readonly markLost: () => void;
}

export class McpConnection {
  readonly name: string;
  readonly #server: McpServer;
  readonly #ports: McpPorts;
  readonly #onToolsChanged: () => void;
  readonly #validate = createValidator();
  readonly #stop = new AbortController();
  readonly #firstAttempt = Promise.withResolvers<void>();
  readonly #connectLoop: Promise<void>;
  #active: ActiveConnection | undefined;
  /** Calls that wait for the next attempt to connect. */
  readonly #nextAttempt: (() => void)[] = [];
  #sessionWasLost = false;
  /** Why there is no connection. Undefined while connected. */
  #connectionProblem: string | undefined = "no response yet";
  #listedJson = "";
  /** Whether each tool was read-only when it was first listed. A hint that comes later could hide what a tool has become. */
  readonly #wasReadOnly = new Map<string, boolean>();
  #tools: readonly CustomTool[] = [];
  #toolProblems: readonly string[] = [];

  /** @param onToolsChanged Called when the list of tools differs from the previous one. */
  constructor(server: McpServer, ports: McpPorts, onToolsChanged: () => void) {
    this.name = server.name;
    this.#server = server;
    this.#ports = ports;
    this.#onToolsChanged = onToolsChanged;
    this.#connectLoop = this.#runConnectLoop();
  }

  /** Resolves when the first connection attempt has succeeded or failed. */
  get firstAttempt(): Promise<void> {
    return this.#firstAttempt.promise;
  }

  /** The tools in order of their names. They remain during a disconnection, so that a restart does not change them. */
  get tools(): readonly CustomTool[] {
    return this.#tools;
  }

  /** Problems of the connection and of single tools, one line each. */
  get problems(): readonly string[] {
    const connectionProblem = this.#connectionProblem;
    const toolProblems = this.#toolProblems.map((problem) => `MCP server ${this.name}: ${problem}`);
    return connectionProblem === undefined
      ? toolProblems
      : [
          `MCP server ${this.name}: ${connectionProblem}; its tools become available when it responds`,
          ...toolProblems,
        ];
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    this.#active?.markLost();
    await this.#connectLoop;
  }

  async #runConnectLoop(): Promise<void> {
    const { signal } = this.#stop;
    const { sleep, now, warn } = this.#ports;
    let retryDelay = INITIAL_RETRY_DELAY_MS;
    while (!signal.aborted) {
      const startedAt = now().getTime();
      try {
        await this.#connectOnce();
        this.#connectionProblem = "the connection was lost";
        if (this.#sessionWasLost || now().getTime() - startedAt > STABLE_CONNECTION_MS) {
          this.#sessionWasLost = false;
          retryDelay = INITIAL_RETRY_DELAY_MS;
          continue;
        }
      } catch (error) {
        this.#connectionProblem = describeMcpError(this.#server, error);
      }
      this.#resolveAttempt();
      if (signal.aborted) return;
      warn("mcp server not connected", {
        server: this.name,
        detail: this.#connectionProblem,
        retryInMs: retryDelay,
      });
      await sleep(retryDelay, signal);
      retryDelay = Math.min(retryDelay * 2, MAX_RETRY_DELAY_MS);
    }
  }

  /**
   * Connects, and resolves when the connection ends.
   * @throws Error when the connection cannot be established.
   */
  async #connectOnce(): Promise<void> {
    const { signal } = this.#stop;
    const client = await connect(this.#server, this.#ports, (tools) => this.#updateTools(tools), signal);
    const ended = Promise.withResolvers<void>();
    client.onclose = ended.resolve;
    // Over HTTP, only the end of this stream shows that a server is gone.
    void client.autoOpenedSubscription?.closed.then(() => ended.resolve());
    try {
      const { tools } = await client.listTools({}, { timeout: CONNECT_TIMEOUT_MS, signal });
      this.#active = { client, markLost: ended.resolve };
      this.#connectionProblem = undefined;
      this.#updateTools(tools);
      this.#resolveAttempt();
      await ended.promise;
    } finally {
      this.#active = undefined;
      await client.close().catch(() => undefined);
    }
  }

  /** Ends a connection whose session is lost, and resolves when the next attempt has succeeded or failed. */
  async #reopen(lost: ActiveConnection, signal: AbortSignal): Promise<void> {
    const next = Promise.withResolvers<void>();
    signal.addEventListener("abort", () => next.resolve(), { once: true });
    this.#nextAttempt.push(next.resolve);
    this.#sessionWasLost = true;
    lost.markLost();
    await next.promise;
  }

  #resolveAttempt(): void {
    this.#firstAttempt.resolve();
    for (const resolve of this.#nextAttempt.splice(0)) resolve();
  }

  #updateTools(tools: readonly Tool[]): void {
    const sorted = tools.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    const listedJson = JSON.stringify(sorted);
    if (listedJson === this.#listedJson) return;
    this.#listedJson = listedJson;
    const customTools: CustomTool[] = [];
    const toolProblems: string[] = [];
    for (const tool of sorted) {
      try {
        const wasReadOnly = this.#wasReadOnly.get(tool.name) ?? isHintedReadOnly(tool);
        this.#wasReadOnly.set(tool.name, wasReadOnly);
        const readOnly = wasReadOnly && isHintedReadOnly(tool);
        const created = createMcpTool(this.name, tool, readOnly, this.#validate, (...call) =>
          this.#callTool(...call),
        );
        customTools.push(withoutSecrets(this.#server, created));
      } catch (error) {
        toolProblems.push(`${tool.name}: ${describeMcpError(this.#server, error)}`);
      }
    }
    [this.#tools, this.#toolProblems] = [customTools, toolProblems];
    this.#onToolsChanged();
  }

  /** A call that met a lost session was not run. It is repeated once in a new session. */
  async #callTool(
    tool: Tool,
    values: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
    isRepeated = false,
  ): Promise<CallToolResult> {
    const active = this.#active;
    if (!active) throw new Error("its MCP server is not connected; try again later");
    // Without the output schema, so that a result that does not match it still reaches the model.
    const { outputSchema: _outputSchema, ...toolDefinition } = tool;
    try {
      return await active.client.callTool(
        { name: tool.name, arguments: { ...values } },
        { signal, timeout: NO_TIMEOUT_MS, toolDefinition },
      );
    } catch (error) {
      if (!signal.aborted && isSessionLoss(error) && !isRepeated) {
        await this.#reopen(active, signal);
        if (this.#active && !signal.aborted) return await this.#callTool(tool, values, signal, true);
      } else if (!signal.aborted && isConnectionLoss(error)) active.markLost();
      throw new Error(describeMcpError(this.#server, error));
    }
  }
}
