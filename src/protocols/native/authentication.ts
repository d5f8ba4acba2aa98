/** Authentication over a socket of the native protocol: the frame `auth` with a token. */
import { readTokenField, type SocketAuthentication } from "../shared/socket-authentication.ts";
import { encodeError, serializeFrame } from "./codec.ts";

export const nativeAuthentication: SocketAuthentication = {
  acceptsFirstFrame: true,
  readToken: (text) => readTokenField(text, "auth"),
  encodeAccepted: () => serializeFrame({ type: "authenticated" }),
  encodeRefusal: (error) =>
    serializeFrame({ ...encodeError(error), ...(error.code === "unauthorized" && { reauthenticate: true }) }),
};
