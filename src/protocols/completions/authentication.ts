/** Authentication over a socket of the completions protocol: a frame `auth` with a token, which the original system does not have. */
import { readTokenField, type SocketAuthentication } from "../shared/socket-authentication.ts";
import { encodeErrorFrame } from "./codec.ts";

export const completionsAuthentication: SocketAuthentication = {
  acceptsFirstFrame: true,
  readToken: (text) => readTokenField(text, "auth"),
  encodeAccepted: () => JSON.stringify({ type: "authenticated" }),
  encodeRefusal: ({ code, message }) =>
    JSON.stringify({
      ...encodeErrorFrame(message),
      ...(code === "unauthorized" && { reauthenticate: true }),
    }),
};
