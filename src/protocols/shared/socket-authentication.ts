/** How a protocol authenticates over an open socket, in its own words. */
import type { AppError } from "../../errors.ts";

export interface SocketAuthentication {
  /** Returns the token of a frame that presents one, or undefined for any other frame. */
  readToken(text: string): string | undefined;
  /** Returns the reply to a token that is accepted. */
  encodeAccepted(text: string): string;
  /** Returns the refusal of a frame, or of the socket itself when there is no frame. It asks for a token. */
  encodeRefusal(error: AppError, text?: string): string;
  /** True when the first frame may present the token. Otherwise a socket without one is closed at once. */
  readonly acceptsFirstFrame: boolean;
}

/** Returns the text of a field of a JSON object of this type, or undefined. Frames without a token are not parsed. */
export function readTokenField(text: string, type: string): string | undefined {
  if (text.length > MAX_TOKEN_FRAME || !text.includes('"token"')) return undefined;
  try {
    const frame = JSON.parse(text) as { type?: unknown; token?: unknown } | null;
    return frame?.type === type && typeof frame.token === "string" ? frame.token : undefined;
  } catch {
    return undefined;
  }
}

/** Characters of a frame with a token. */
export const MAX_TOKEN_FRAME = 20_000;
