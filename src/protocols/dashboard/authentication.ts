/** Authentication over a socket of the dashboard protocol. The token comes with the upgrade; a request `auth` renews it. */
import { readTokenField, type SocketAuthentication } from "../shared/socket-authentication.ts";
import { authError, decodeRequest } from "./codec.ts";

export const dashboardAuthentication: SocketAuthentication = {
  acceptsFirstFrame: false,
  readToken: (text) => readTokenField(text, "auth"),
  encodeAccepted: (text) => JSON.stringify({ ...idOf(text), type: "authenticated" }),
  encodeRefusal({ message, code }, text) {
    const frame = authError(message);
    const error = {
      ...frame.error,
      ...(text !== undefined && code === "unauthorized" && { reauthenticate: true }),
    };
    return JSON.stringify({ ...(text !== undefined && idOf(text)), ...frame, error });
  },
};

/** Returns the id of the request, which its reply repeats. */
function idOf(text: string): object {
  try {
    return decodeRequest(text)?.id ?? {};
  } catch {
    return {};
  }
}
