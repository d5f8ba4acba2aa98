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
import { CONNECT_MS, connect } from "./connect.ts";
import { reasonOf } from "./reason.ts";
import { customTool } from "./tool.ts";
import type { McpPorts } from "./types.ts";

/** Before it is tried again: doubled each time. */
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;
/** A connection that lasted so long has not failed: the next is made at once. */
const GOOD_MS = 60_000;
/** Calls have a time limit of their own. */
const NO_LIMIT_MS = 2 ** 31 - 1;

interface Connected {
  readonly client: Client;
  readonly lost: () => void;
}

export class McpLink {
  readonly name: string;
  readonly #server: McpServer;
  readonly #ports: McpPorts;
  readonly #changed: () => void;
  readonly #validate = createValidator();
  readonly #stop = new AbortController();
  readonly #tried = Promise.withResolvers<void>();
  readonly #ended: Promise<void>;
  #connected: Connected | undefined;
  /** Why there is no connection. */
  #trouble: string | undefined = "it has not answered yet";
  #listed = "";
  #tools: readonly CustomTool[] = [];
  #leftOut: readonly string[] = [];

  /** `changed`: told when there are other tools than before. */
  constructor(server: McpServer, ports: McpPorts, changed: () => void) {
    this.name = server.name;
    this.#server = server;
    this.#ports = ports;
    this.#changed = changed;
    this.#ended = this.#keepConnected();
  }

  /** Resolves once it is known whether the server answers. */
  get tried(): Promise<void> {
    return this.#tried.promise;
  }

  /** By name. Those of a server that is gone stay, so that what a model is offered does not change with every restart. */
  get tools(): readonly CustomTool[] {
    return this.#tools;
  }

  /** One line each. */
  get problems(): readonly string[] {
    const trouble = this.#trouble;
    const left = this.#leftOut.map((problem) => `MCP server ${this.name}: ${problem}`);
    return trouble === undefined
      ? left
      : [`MCP server ${this.name}: ${trouble}; its tools are there as soon as it answers`, ...left];
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    this.#connected?.lost();
    await this.#ended;
  }

  async #keepConnected(): Promise<void> {
    const { signal } = this.#stop;
    const { sleep, now, warn } = this.#ports;
    let pause = FIRST_PAUSE_MS;
    while (!signal.aborted) {
      const began = now().getTime();
      try {
        await this.#once();
        this.#trouble = "the connection was lost";
        if (now().getTime() - began > GOOD_MS) {
          pause = FIRST_PAUSE_MS;
          continue;
        }
      } catch (error) {
        this.#trouble = reasonOf(this.#server, error);
      }
      this.#tried.resolve();
      if (signal.aborted) return;
      warn("mcp server not connected", { server: this.name, detail: this.#trouble, retryInMs: pause });
      await sleep(pause, signal);
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    }
  }

  /** Resolves when the connection has ended. @throws Error: there was none. */
  async #once(): Promise<void> {
    const { signal } = this.#stop;
    const client = await connect(this.#server, this.#ports, (tools) => this.#adopt(tools), signal);
    const ended = Promise.withResolvers<void>();
    client.onclose = ended.resolve;
    // Over HTTP nothing but this stream tells of a server that is gone.
    void client.autoOpenedSubscription?.closed.then(() => ended.resolve());
    try {
      const { tools } = await client.listTools({}, { timeout: CONNECT_MS, signal });
      this.#connected = { client, lost: ended.resolve };
      this.#trouble = undefined;
      this.#adopt(tools);
      this.#tried.resolve();
      await ended.promise;
    } finally {
      this.#connected = undefined;
      await client.close().catch(() => undefined);
    }
  }

  #adopt(tools: readonly Tool[]): void {
    const sorted = tools.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    const listed = JSON.stringify(sorted);
    if (listed === this.#listed) return;
    this.#listed = listed;
    const made: CustomTool[] = [];
    const leftOut: string[] = [];
    for (const tool of sorted) {
      try {
        made.push(customTool(this.name, tool, this.#validate, (...call) => this.#call(...call)));
      } catch (error) {
        leftOut.push(`${tool.name}: ${reasonOf(this.#server, error)}`);
      }
    }
    [this.#tools, this.#leftOut] = [made, leftOut];
    this.#changed();
  }

  async #call(
    tool: Tool,
    given: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
  ): Promise<CallToolResult> {
    const connected = this.#connected;
    if (!connected) throw new Error("its MCP server is not connected at the moment");
    // A result that breaks its own promise is still one that a model can read.
    const { outputSchema: _promised, ...toolDefinition } = tool;
    try {
      return await connected.client.callTool(
        { name: tool.name, arguments: { ...given } },
        { signal, timeout: NO_LIMIT_MS, toolDefinition },
      );
    } catch (error) {
      if (!signal.aborted && isLoss(error)) connected.lost();
      throw new Error(reasonOf(this.#server, error));
    }
  }
}

/** Of the connection: anything but an answer that says what is wrong. */
function isLoss(error: unknown): boolean {
  if (error instanceof ProtocolError) return false;
  return !(error instanceof SdkError) || LOST.has(error.code) || "status" in error;
}

const LOST = new Set<string>([
  SdkErrorCode.NotConnected,
  SdkErrorCode.ConnectionClosed,
  SdkErrorCode.SendFailed,
  SdkErrorCode.ClientHttpFailedToOpenStream,
]);
