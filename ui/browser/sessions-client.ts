/** The HTTP client for the server's list of conversations. It uses the page's cookie. */
import type { SessionsPort } from "../conversations.ts";
import type { SessionFrame, SessionListFrame } from "../protocol.ts";
import { resolveSessionsUrl } from "./address.ts";

/** Number of conversations in one request. */
const PAGE_SIZE = 30;

export const sessionsClient: SessionsPort = {
  async list({ search, before }) {
    const url = new URL(resolveSessionsUrl());
    url.searchParams.set("limit", String(PAGE_SIZE));
    if (before !== null) url.searchParams.set("before", before);
    if (search.trim() !== "") url.searchParams.set("search", search.trim());
    const response = await fetch(url);
    if (response.status === 404) return undefined;
    // The response comes from the page's own server, so its fields are trusted.
    const list: SessionListFrame = await assertOk(response).json();
    return list;
  },
  async rename(id, title) {
    await send("PATCH", sessionUrl(id), { title });
  },
  async delete(id) {
    const response = await fetch(sessionUrl(id), { method: "DELETE" });
    // Another client has already deleted it.
    if (response.status !== 404) assertOk(response);
  },
  async branch(id, before) {
    const response = await send("POST", `${sessionUrl(id)}/branches`, { before });
    const session: SessionFrame = await response.json();
    return session;
  },
  async rate(id, message, feedback) {
    const { rating = null, note } = feedback ?? {};
    await send("PUT", `${sessionUrl(id)}/feedback`, { message_id: message, rating, note });
  },
};

/** Sends a JSON body. @throws Error unless the server accepts it. */
async function send(method: string, url: string, body: unknown): Promise<Response> {
  const headers = { "Content-Type": "application/json" };
  return assertOk(await fetch(url, { method, headers, body: JSON.stringify(body) }));
}

/** Returns the URL that downloads the entire conversation. */
export function resolveExportUrl(id: string, format: "json" | "markdown"): string {
  return `${sessionUrl(id)}/export?format=${format}`;
}

function sessionUrl(id: string): string {
  return `${resolveSessionsUrl()}/${encodeURIComponent(id)}`;
}

function assertOk(response: Response): Response {
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return response;
}
