/** The HTTP client for the shared copy of a conversation. */
import { resolveSessionsUrl } from "../browser/address.ts";
import type { ShareFrame } from "../protocol.ts";

export type Share = ShareFrame["share"];

/** Each rejects if it fails. */
export const shareClient = {
  read: (session: string): Promise<Share> => request(session, "GET"),
  create: (session: string): Promise<Share> => request(session, "PUT"),
  async revoke(session: string): Promise<Share> {
    await send(session, "DELETE");
    return null;
  },
};

async function request(session: string, method: string): Promise<Share> {
  const body: ShareFrame = await (await send(session, method)).json();
  return body.share;
}

async function send(session: string, method: string): Promise<Response> {
  const response = await fetch(`${resolveSessionsUrl()}/${encodeURIComponent(session)}/share`, { method });
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return response;
}
