/** Upgrades a request to a WebSocket. */
import type { RequestContext, SocketData } from "./types.ts";

/** Returns undefined when the request was upgraded, and 426 when it does not ask for that. */
export function upgrade(
  request: Request,
  { app, server }: Pick<RequestContext, "app" | "server">,
  socket: Omit<SocketData, "client" | "scope">,
  headers: Readonly<Record<string, string>> = {},
): Response | undefined {
  const data = { ...socket, scope: app.telemetry.scope() };
  if (server.upgrade(request, { data, headers })) return undefined;
  return Response.json(
    { detail: "This URL accepts only WebSocket connections." },
    { status: 426, headers: { Upgrade: "websocket" } },
  );
}
