/** Upgrades a request to a WebSocket. */
import type { RequestContext, SocketData } from "./types.ts";

/** Returns undefined when the request was upgraded, and 426 when it does not ask for that. */
export function upgrade(
  request: Request,
  { app, server }: Pick<RequestContext, "app" | "server">,
  data: Omit<SocketData, "client" | "runAsClient">,
  headers: Readonly<Record<string, string>> = {},
): Response | undefined {
  const runAsClient = app.telemetry.capture();
  if (server.upgrade(request, { data: { ...data, runAsClient }, headers })) return undefined;
  return Response.json(
    { detail: "This URL accepts only WebSocket connections." },
    { status: 426, headers: { Upgrade: "websocket" } },
  );
}
