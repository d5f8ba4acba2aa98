/** A URL of the server and what answers it. */
import type { OriginKind } from "../../access/origin.ts";
import type { Caller } from "../../access/types.ts";
import type { Config } from "../../config/settings.ts";
import type { App } from "../../context.ts";
import { AppError } from "../../errors.ts";
import type { DashboardEventBroker } from "../../protocols/dashboard/event-broker.ts";
import type { ApprovalRequests } from "../../protocols/langchain/approval-requests.ts";
import type { McpHttp } from "../../protocols/mcp/http.ts";
import type { Socket, SocketClient } from "../../protocols/shared/socket.ts";
import type { SessionRegistry } from "../../sessions/session-registry.ts";

/** What travels with a WebSocket from its upgrade on. */
export interface SocketData {
  readonly connect: (socket: Socket) => SocketClient;
  client?: SocketClient;
}

/** A request that passed the guards: its Host and Origin are allowed and its caller is known. */
export interface RequestContext {
  readonly app: App;
  readonly sessions: SessionRegistry;
  readonly approvals: ApprovalRequests;
  readonly dashboardEvents: DashboardEventBroker;
  readonly caller: Caller;
  readonly origin: OriginKind;
  readonly id: string;
  readonly url: URL;
  readonly server: Bun.Server<SocketData>;
  /** Loaded when it is first asked for. */
  readonly mcp: () => Promise<McpHttp>;
}

/** `undefined`: the request was upgraded to a WebSocket. */
export type Handler = (
  request: Request,
  context: RequestContext,
) => Response | undefined | Promise<Response | undefined>;

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export interface Route {
  /** `/*` at its end stands for everything below. */
  path(config: Config): string;
  /** GET answers HEAD too. */
  readonly methods: { readonly [Name in Method]?: Handler };
  /** Left out of the server by a setting. */
  enabled?(config: Config): boolean;
}

/** Of `…/sessions/{id}`, as it was sent. */
export function lastSegment({ pathname }: URL): string {
  return pathname.split("/").at(-1) ?? "";
}

/** Of `…/sessions/{id}`, as its client has it. @throws AppError `bad_request` */
export function decodeLastSegment(url: URL): string {
  return decodeSegment(lastSegment(url));
}

/** @throws AppError `bad_request` */
export function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new AppError("bad_request", "The address is not percent-encoded as it should be.");
  }
}

/** Of `…/sessions/{id}/stop`. */
export function segmentBeforeLast({ pathname }: URL): string {
  return pathname.split("/").at(-2) ?? "";
}
