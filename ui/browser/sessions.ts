/** The server's list of conversations over HTTP, with the page's own cookie. */
import type { SessionsPort } from "../conversations.ts";
import type { SessionListFrame } from "../protocol.ts";
import { sessionsAddress } from "./address.ts";

/** At most so many at once. */
const LIMIT = 30;

export const sessions: SessionsPort = {
  async list({ search, before }) {
    const url = new URL(sessionsAddress());
    url.searchParams.set("limit", String(LIMIT));
    if (before !== null) url.searchParams.set("before", before);
    if (search.trim() !== "") url.searchParams.set("search", search.trim());
    const response = await fetch(url);
    if (response.status === 404) return undefined;
    // It comes from the page's own server: its fields are believed.
    const list: SessionListFrame = await worked(response).json();
    return list;
  },
  async rename(id, title) {
    const headers = { "Content-Type": "application/json" };
    worked(await fetch(one(id), { method: "PATCH", headers, body: JSON.stringify({ title }) }));
  },
  async delete(id) {
    const response = await fetch(one(id), { method: "DELETE" });
    // Somebody else was faster.
    if (response.status !== 404) worked(response);
  },
};

/** Where the whole of it is downloaded. */
export function exportAddress(id: string, format: "json" | "markdown"): string {
  return `${one(id)}/export?format=${format}`;
}

function one(id: string): string {
  return `${sessionsAddress()}/${encodeURIComponent(id)}`;
}

function worked(response: Response): Response {
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return response;
}
