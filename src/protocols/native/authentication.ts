/** Authentication over a socket of the native protocol: the frame `auth` with a token. */
import { readTokenField, type SocketAuthentication } from "../shared/socket-authentication.ts";
import { encodeError } from "./codec.ts";

export const nativeAuthentication: SocketAuthentication = {
  acceptsFirstFrame: true,
  readToken: (text) => readTokenField(text, "auth"),
  encodeAccepted: () => JSON.stringify({ type: "authenticated" }),
  encodeRefusal: (error) =>
    JSON.stringify({ ...encodeError(error), ...(error.code === "unauthorized" && { reauthenticate: true }) }),
};
