import { resolveSharesUrl } from "../browser/address.ts";
import { parseExact } from "../json/exact.ts";
import type { SharedSessionFrame } from "../protocol.ts";

/** Reads a shared conversation. Resolves to undefined if there is none, or its link was revoked. Rejects if the server does not answer. */
export async function fetchShared(id: string): Promise<SharedSessionFrame | undefined> {
  const response = await fetch(`${resolveSharesUrl()}/${encodeURIComponent(id)}`);
  if (response.status === 404) return undefined;
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  // The response comes from the page's own server, so its fields are trusted.
  return parseExact(await response.text()) as SharedSessionFrame;
}
