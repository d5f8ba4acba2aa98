/** What the addresses of contract 003 share: who is calling, and its WebSocket. */
import { callerOfToken, tokenOf } from "../../access/token.ts";
import type { Config } from "../../config/settings.ts";
import { type DashboardUser, dashboardUser } from "../../protocols/dashboard/chat.ts";
import { authError } from "../../protocols/dashboard/codec.ts";
import { DashboardConnection } from "../../protocols/dashboard/connection.ts";
import type { Socket, SocketClient } from "../../protocols/shared/socket.ts";
import { ownerOf } from "./client.ts";
import type { Visit } from "./types.ts";
import { upgrade } from "./websocket-upgrade.ts";

export function isDashboardServed({ contracts }: Config): boolean {
  return contracts.includes("dashboard");
}

/** Undefined: whoever it is has to bring a token, and brought none that is good. For `headers` see {@link ownerOf}. */
export async function dashboardVisitor(
  request: Request,
  visit: Visit,
): Promise<{ readonly user: DashboardUser; readonly headers: Readonly<Record<string, string>> } | undefined> {
  const { app, url } = visit;
  const { jwtSecret } = app.config;
  const token = tokenOf(request.headers, url);
  const signed =
    jwtSecret === undefined || token === undefined ? undefined : await callerOfToken(token, jwtSecret);
  if (jwtSecret !== undefined && !signed) return undefined;
  const { client, headers } = ownerOf(request, signed ? { ...visit, caller: signed } : visit);
  return { user: dashboardUser(client, url), headers };
}

export async function dashboardSocket(request: Request, visit: Visit): Promise<Response | undefined> {
  const { app, dashboardEvents, sessions } = visit;
  const visitor = await dashboardVisitor(request, visit);
  if (!visitor) return upgrade(request, visit, refused);
  const { user, headers } = visitor;
  return upgrade(
    request,
    visit,
    (socket) => new DashboardConnection(app, sessions, dashboardEvents, user, socket),
    headers,
  );
}

/** The client learns of it in a frame: a refused upgrade tells a browser's script nothing. */
function refused(socket: Socket): SocketClient {
  socket.send(JSON.stringify(authError("A valid token is needed")));
  socket.close(1008, "Authentication failed");
  const nothing = () => {};
  return { receive: nothing, drained: nothing, notice: nothing, leave: nothing, closed: nothing };
}
