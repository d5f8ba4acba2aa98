/** Deletes the end of a stored history. */
import type { SessionId } from "../chat/types.ts";
import type { App } from "../context.ts";
import type { Lease } from "../store/types.ts";

/** Deletes the messages from the user message at `position` on, counted from 0. Title, tools and usage stay. */
export async function cutHistory(
  { store, now }: Pick<App, "store" | "now">,
  id: SessionId,
  position: number,
  lease: Lease,
): Promise<void> {
  const at = now().toISOString();
  const stored = await store.read(id);
  if (!stored) return;
  const starts = stored.messages.flatMap(({ role }, index) => (role === "user" ? [index] : []));
  const start = starts[position];
  if (start === undefined) return;
  const { title, allowed, seq } = stored.session;
  await store.clear(id, at);
  const messages = stored.messages.slice(0, start);
  await store.write(id, { at, seq, allowed, ...(messages.length > 0 && { messages, title }) }, lease);
}
