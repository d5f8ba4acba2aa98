/** A route: a URL of the server and the handlers of its methods. */
import type { CallerCookies } from "../../access/caller-cookies.ts";
import type { Client } from "../../access/client.ts";
import type { OriginKind } from "../../access/origin.ts";
import type { Caller } from "../../access/types.ts";
import type { Protocol } from "../../config/settings/server.ts";
import type { Config } from "../../config/settings.ts";
import type { App } from "../../context.ts";
import { AppError } from "../../errors.ts";
import type { ClientText } from "../../protocols/shared/long-json.ts";
import type { ProtocolState } from "../../protocols/shared/protocol-state.ts";
import type { Socket, SocketClient } from "../../protocols/shared/socket.ts";
import type { SessionRegistry } from "../../sessions/session-registry.ts";
import type { Uploads } from "./uploads.ts";

/** The frames of a WebSocket within the current second. */
export interface FrameCount {
  second: number;
  count: number;
}

/** The data of a WebSocket, from its upgrade on. */
export interface SocketData {
  readonly connect: (socket: Socket) => SocketClient;
  /** Characters of a frame. Default: those of a message with attachments. */
  readonly maxFrameLength?: number;
  readonly frames: FrameCount;
  client?: SocketClient;
  /** Runs work for the client that opened the socket, as the log and the audit log name it. */
  runAsClient?: ReturnType<App["telemetry"]["capture"]>;
}

/** What all requests of a server share. */
export interface ServerContext {
  readonly app: App;
  readonly sessions: SessionRegistry;
  readonly cookies: CallerCookies;
  readonly uploads: Uploads;
  /** Returns the OpenAPI document of the enabled routes. */
  readonly describeOwnApi: () => unknown;
  /** Names and addresses of the enabled protocols. */
  readonly endpoints: Readonly<Record<string, string>>;
  /** Returns a protocol's state, which is created on first use. */
  stateOf<State>(key: ProtocolState<State>): State;
}

/** A request that passed the guards: its Host and Origin are allowed and its caller is known. */
export interface RequestContext extends ServerContext {
  readonly caller: Caller;
  readonly origin: OriginKind;
  /** Why the credentials of an upgrade to a WebSocket were refused. The client learns it over the socket. */
  readonly refusal?: AppError | undefined;
  /** The access token of a user who has signed in on the page. It stands for the Authorization header where an API receives that. */
  readonly accessToken?: string | undefined;
  /** Checks that a caller may use the route, once it is identified over a socket. @throws AppError `unauthorized` or `forbidden` */
  authorize(caller: Caller): void;
  readonly id: string;
  readonly url: URL;
  /** Returns the body of a POST, PUT or PATCH request, once: it is not kept while the request runs. */
  takeBody(): ClientText;
  /** Aborts when the client disconnects. A request with an `Idempotency-Key` goes on without its client. */
  readonly signal: AbortSignal;
  /** Receives the error of a turn that fails in a streamed response. Set for a request with an `Idempotency-Key`. */
  readonly onFailure?: ((error: AppError) => void) | undefined;
  /** Receives the states of the limits when the request is counted, for the headers of the response. */
  readonly onLimits?: Client["onLimits"];
  readonly server: Bun.Server<SocketData>;
}

/** Returns undefined when the request was upgraded to a WebSocket. */
export type Handler = (
  request: Request,
  context: RequestContext,
) => Response | undefined | Promise<Response | undefined>;

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export type RouteAccess = "public" | "caller" | "administrator";

export interface Route {
  /** Returns the path. `:id` stands for one segment, `/*` at the end for everything below. */
  path(config: Config): string;
  /** GET answers HEAD too. */
  readonly methods: { readonly [Name in Method]?: Handler };
  /** Returns the maximum bytes of a body. Default: {@link BODY_OVERHEAD}, for bodies without messages and files. */
  maxBodySize?(config: Config): number;
  /** Returns false when a setting switches the route off. Routes without it are always served. */
  enabled?(config: Config): boolean;
  /**
   * Who may use the route when authentication is configured. `public`: everyone. `caller`: everyone with an identity. `administrator`:
   * those whose roles say so. Default: `caller`.
   */
  readonly access?: RouteAccess;
  /** The protocol of the WebSocket that the route upgrades to. Its client may authenticate over it. */
  readonly opensSocket?: Protocol;
  /** The query parameter with a token, where a protocol has one. */
  readonly tokenParameter?: string;
  /** Returns a secret that opens the route, and no other, as a bearer token. */
  bearerSecret?(config: Config): string | undefined;
  /** Returns the body of an error before the handler, in the form of the protocol. Default: `{"detail"}`. */
  encodeError?(error: AppError): object;
  /** True when the route answers under every Host, since its response has nothing secret. */
  readonly answersAnyHost?: true;
  /** Lists the route at `/` and `/docs`, e.g. as `POST /mcp` under `mcp`. */
  readonly endpoint?: { readonly name: string; readonly method: Method | "WebSocket" };
}

/** Returns the `{id}` of `…/sessions/{id}`, still percent-encoded. */
export function lastSegment({ pathname }: URL): string {
  return pathname.split("/").at(-1) ?? "";
}

/** Returns the `{id}` of `…/sessions/{id}`. @throws AppError `bad_request` */
export function decodeLastSegment(url: URL): string {
  return decodeSegment(lastSegment(url));
}

/** @throws AppError `bad_request` */
export function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new AppError("bad_request", "The URL is not valid percent-encoding.");
  }
}

/** Returns the `{id}` of `…/sessions/{id}/stop`, still percent-encoded. */
export function segmentBeforeLast({ pathname }: URL): string {
  return pathname.split("/").at(-2) ?? "";
}
