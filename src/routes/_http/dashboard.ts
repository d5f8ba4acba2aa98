/** Authentication and WebSocket upgrade of the dashboard protocol: `src/protocols/dashboard/PROTOCOL.md`. */
import { addressOf } from "../../access/client-address.ts";
import { readToken, verifyToken } from "../../access/token.ts";
import type { Caller } from "../../access/types.ts";
import type { Config } from "../../config/settings.ts";
import { AppError } from "../../errors.ts";
import { dashboardAuthentication } from "../../protocols/dashboard/authentication.ts";
import { createDashboardUser, type DashboardUser } from "../../protocols/dashboard/chat.ts";
import { authError } from "../../protocols/dashboard/codec.ts";
import { DashboardConnection } from "../../protocols/dashboard/connection.ts";
import { dashboardEvents } from "../../protocols/dashboard/event-broker.ts";
import type { Socket, SocketClient } from "../../protocols/shared/socket.ts";
import { clientWithCookie } from "./client.ts";
import { maxMessageBytes } from "./request-body.ts";
import type { RequestContext } from "./types.ts";
import { upgrade } from "./websocket-upgrade.ts";

export function isDashboardServed({ contracts }: Config): boolean {
  return contracts.includes("dashboard");
}

/**
 * Returns the user. `--jwt-secret` alone guards this protocol only; with another method of authentication, the caller has an identity.
 * For `headers` see {@link clientWithCookie}.
 * @throws AppError `unauthorized`
 */
export async function authenticateDashboard(
  request: Request,
  context: RequestContext,
): Promise<{ readonly user: DashboardUser; readonly headers: Readonly<Record<string, string>> }> {
  const identified = { ...context, caller: await identifyDashboardCaller(request, context) };
  const { client, headers } = clientWithCookie(request, identified);
  return { user: createDashboardUser(client, context.url), headers };
}

async function identifyDashboardCaller(
  request: Request,
  { app, caller, server, url }: RequestContext,
): Promise<Caller> {
  const { jwtSecret } = app.config;
  if (jwtSecret === undefined || app.authenticator.isRequired) return caller;
  const token = readToken(request.headers, url);
  const identified = token === undefined ? undefined : await verifyToken(token, jwtSecret);
  if (identified) return identified;
  const peer = server.requestIP(request)?.address ?? "";
  if (token !== undefined)
    await app.limits.countFailure(addressOf(request.headers, peer, app.config.trustedProxies));
  throw new AppError("unauthorized", "A valid token is needed", { reason: "invalid_token" });
}

export async function upgradeDashboard(
  request: Request,
  context: RequestContext,
): Promise<Response | undefined> {
  const { app, sessions, stateOf, url } = context;
  const identified = await identifySocket(request, context);
  return upgrade(request, identified, {
    authentication: dashboardAuthentication,
    connect: (client, socket) =>
      identified.refusal && !app.authenticator.isRequired
        ? rejectSocket(socket, identified.refusal)
        : new DashboardConnection({ app, sessions, events: stateOf(dashboardEvents), client, url }, socket),
    maxFrameLength: maxMessageBytes(app.config),
  });
}

async function identifySocket(request: Request, context: RequestContext): Promise<RequestContext> {
  try {
    return { ...context, caller: await identifyDashboardCaller(request, context) };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { ...context, refusal: error };
  }
}

/** Reports the failure in a frame, since a browser hides the response to a refused upgrade from scripts. */
function rejectSocket(socket: Socket, { message }: AppError): SocketClient {
  socket.send(JSON.stringify(authError(message)));
  socket.close(1008, "Authentication failed");
  const noop = () => {};
  const whenAnswered = async () => {};
  return { onMessage: noop, onDrain: noop, notify: noop, onShutdown: noop, whenAnswered, onClose: noop };
}
