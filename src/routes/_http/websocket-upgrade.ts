/** Upgrades a request to a WebSocket. */

import { readSubprotocol } from "../../access/authentication/presented.ts";
import { userCaller } from "../../access/caller.ts";
import { type Client, identifyClient } from "../../access/client.ts";
import { addressOf } from "../../access/client-address.ts";
import { withTrustedCookies } from "../../access/origin.ts";
import { AppError } from "../../errors.ts";
import type { Socket, SocketClient } from "../../protocols/shared/socket.ts";
import type { SocketAuthentication } from "../../protocols/shared/socket-authentication.ts";
import { clientWithCookie } from "./client.ts";
import { SocketGate } from "./socket-gate.ts";
import type { RequestContext } from "./types.ts";

export interface SocketProtocol {
  readonly authentication: SocketAuthentication;
  /** Creates the protocol's end of the socket. */
  connect(client: Client, socket: Socket): SocketClient;
  /** Characters of a frame. Default: those of a message with attachments. */
  readonly maxFrameLength?: number;
}

/** Returns undefined when the request was upgraded, and 426 when it does not ask for that. */
export function upgrade(
  request: Request,
  context: RequestContext,
  { authentication, connect, maxFrameLength }: SocketProtocol,
): Response | undefined {
  const { app, authorize, refusal, server } = context;
  const { client, headers } = clientWithCookie(request, context);
  const identify = app.authenticator.isRequired ? createIdentify(request, context) : undefined;
  const data = {
    runAsClient: app.telemetry.capture(),
    frames: { second: 0, count: 0 },
    ...(maxFrameLength !== undefined && { maxFrameLength }),
    connect: (socket: Socket) =>
      identify
        ? new SocketGate({ app, authentication, authorize, client, refusal, identify, connect }, socket)
        : connect(client, socket),
  };
  const subprotocol = readSubprotocol(request.headers)?.answer;
  const answer = subprotocol === undefined ? {} : { "Sec-WebSocket-Protocol": subprotocol };
  if (server.upgrade(request, { data, headers: { ...headers, ...answer } })) return undefined;
  return Response.json(
    { detail: "This URL accepts only WebSocket connections." },
    { status: 426, headers: { Upgrade: "websocket" } },
  );
}

/** Returns the function that identifies the client by a token in a frame. It keeps the headers, not the request. */
function createIdentify(request: Request, { app, authorize, origin, server }: RequestContext) {
  const headers = withTrustedCookies(request.headers, origin);
  const peer = server.requestIP(request)?.address ?? "";
  const address = addressOf(headers, peer, app.config.trustedProxies);
  return async (token: string): Promise<Client> => {
    const identity = await app.authenticator.authenticate({ headers, peer, address, token });
    if (!identity) throw new AppError("unauthorized", "The token is not valid.", { reason: "invalid_token" });
    const caller = userCaller(identity);
    authorize(caller);
    return identifyClient(headers, caller, peer, app.config, {
      token,
      owns: (value) => app.authenticator.ownsCredential(value),
    });
  };
}
