/** One MCP server: connected in the background for as long as it is wanted, whatever it does meanwhile. */
import {
  type CallToolResult,
  type Client,
  ProtocolError,
  SdkError,
  SdkErrorCode,
  type Tool,
} from "@modelcontextprotocol/client";
import type { McpServer } from "../../config/mcp-servers.ts";
import { createValidator } from "../arguments/validator.ts";
import type { CustomTool } from "../types.ts";
import { CONNECT_TIMEOUT_MS, connect } from "./connect.ts";
import { describeMcpError } from "./describe-error.ts";
import { createMcpTool } from "./tool.ts";
import type { McpPorts } from "./types.ts";

/** Before it is tried again: doubled each time. */
const INITIAL_RETRY_DELAY_MS = 1000;
const MAX_RETRY_DELAY_MS = 60_000;
/** A connection that lasted so long has not failed: the next is made at once. */
const STABLE_CONNECTION_MS = 60_000;
/** Calls have a time limit of their own. */
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
  /** Why there is no connection. */
  #connectionProblem: string | undefined = "it has not answered yet";
  #listedJson = "";
  #tools: readonly CustomTool[] = [];
  #toolProblems: readonly string[] = [];

  /** `changed`: told when there are other tools than before. */
  constructor(server: McpServer, ports: McpPorts, changed: () => void) {
    this.name = server.name;
    this.#server = server;
    this.#ports = ports;
    this.#onToolsChanged = changed;
    this.#connectLoop = this.#runConnectLoop();
  }

  /** Resolves once it is known whether the server answers. */
  get firstAttempt(): Promise<void> {
    return this.#firstAttempt.promise;
  }

  /** By name. Those of a server that is gone stay, so that what a model is offered does not change with every restart. */
  get tools(): readonly CustomTool[] {
    return this.#tools;
  }

  /** One line each. */
  get problems(): readonly string[] {
    const connectionProblem = this.#connectionProblem;
    const toolProblems = this.#toolProblems.map((problem) => `MCP server ${this.name}: ${problem}`);
    return connectionProblem === undefined
      ? toolProblems
      : [
          `MCP server ${this.name}: ${connectionProblem}; its tools are there as soon as it answers`,
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
        if (now().getTime() - startedAt > STABLE_CONNECTION_MS) {
          retryDelay = INITIAL_RETRY_DELAY_MS;
          continue;
        }
      } catch (error) {
        this.#connectionProblem = describeMcpError(this.#server, error);
      }
      this.#firstAttempt.resolve();
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

  /** Resolves when the connection has ended. @throws Error: there was none. */
  async #connectOnce(): Promise<void> {
    const { signal } = this.#stop;
    const client = await connect(this.#server, this.#ports, (tools) => this.#updateTools(tools), signal);
    const ended = Promise.withResolvers<void>();
    client.onclose = ended.resolve;
    // Over HTTP nothing but this stream tells of a server that is gone.
    void client.autoOpenedSubscription?.closed.then(() => ended.resolve());
    try {
      const { tools } = await client.listTools({}, { timeout: CONNECT_TIMEOUT_MS, signal });
      this.#active = { client, markLost: ended.resolve };
      this.#connectionProblem = undefined;
      this.#updateTools(tools);
      this.#firstAttempt.resolve();
      await ended.promise;
    } finally {
      this.#active = undefined;
      await client.close().catch(() => undefined);
    }
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
        customTools.push(
          createMcpTool(this.name, tool, this.#validate, (...call) => this.#callTool(...call)),
        );
      } catch (error) {
        toolProblems.push(`${tool.name}: ${describeMcpError(this.#server, error)}`);
      }
    }
    [this.#tools, this.#toolProblems] = [customTools, toolProblems];
    this.#onToolsChanged();
  }

  async #callTool(
    tool: Tool,
    values: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
  ): Promise<CallToolResult> {
    const active = this.#active;
    if (!active) throw new Error("its MCP server is not connected at the moment");
    // A result that breaks its own promise is still one that a model can read.
    const { outputSchema: _promised, ...toolDefinition } = tool;
    try {
      return await active.client.callTool(
        { name: tool.name, arguments: { ...values } },
        { signal, timeout: NO_TIMEOUT_MS, toolDefinition },
      );
    } catch (error) {
      if (!signal.aborted && isConnectionLoss(error)) active.markLost();
      throw new Error(describeMcpError(this.#server, error));
    }
  }
}

/** Of the connection: anything but an answer that says what is wrong. */
function isConnectionLoss(error: unknown): boolean {
  if (error instanceof ProtocolError) return false;
  return !(error instanceof SdkError) || CONNECTION_LOSS_CODES.has(error.code) || "status" in error;
}

const CONNECTION_LOSS_CODES = new Set<string>([
  SdkErrorCode.NotConnected,
  SdkErrorCode.ConnectionClosed,
  SdkErrorCode.SendFailed,
  SdkErrorCode.ClientHttpFailedToOpenStream,
]);
