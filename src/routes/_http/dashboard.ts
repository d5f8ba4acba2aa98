/** Authentication and WebSocket upgrade of the dashboard protocol: `src/protocols/dashboard/PROTOCOL.md`. */
import { readToken, verifyToken } from "../../access/token.ts";
import type { Config } from "../../config/settings.ts";
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

/** Returns undefined when a token is required and none is valid. For `headers` see {@link clientWithCookie}. */
export async function authenticateDashboard(
  request: Request,
  context: RequestContext,
): Promise<{ readonly user: DashboardUser; readonly headers: Readonly<Record<string, string>> } | undefined> {
  const { app, url } = context;
  const { jwtSecret } = app.config;
  const token = readToken(request.headers, url);
  const tokenCaller =
    jwtSecret === undefined || token === undefined ? undefined : await verifyToken(token, jwtSecret);
  if (jwtSecret !== undefined && !tokenCaller) return undefined;
  const { client, headers } = clientWithCookie(
    request,
    tokenCaller ? { ...context, caller: tokenCaller } : context,
  );
  return { user: createDashboardUser(client, url), headers };
}

export async function upgradeDashboard(
  request: Request,
  context: RequestContext,
): Promise<Response | undefined> {
  const { app, sessions, stateOf } = context;
  const authenticated = await authenticateDashboard(request, context);
  if (!authenticated) return upgrade(request, context, { connect: rejectSocket });
  const { user, headers } = authenticated;
  return upgrade(
    request,
    context,
    {
      connect: (socket) =>
        new DashboardConnection({ app, sessions, events: stateOf(dashboardEvents), user }, socket),
      maxFrameLength: maxMessageBytes(app.config),
    },
    headers,
  );
}

/** Reports the failure in a frame, since a browser hides the response to a refused upgrade from scripts. */
function rejectSocket(socket: Socket): SocketClient {
  socket.send(JSON.stringify(authError("A valid token is needed")));
  socket.close(1008, "Authentication failed");
  const noop = () => {};
  const whenAnswered = async () => {};
  return { onMessage: noop, onDrain: noop, notify: noop, onShutdown: noop, whenAnswered, onClose: noop };
}
