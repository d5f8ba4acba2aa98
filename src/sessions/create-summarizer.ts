import type { CallerId } from "../access/types.ts";
import { Summarizer } from "../chat/context/summarizer.ts";
import type { SessionId } from "../chat/types.ts";
import type { MessageCache } from "../turns/message-cache.ts";
import type { SessionApp } from "./types.ts";

/** Creates the summarizer of a session, which works in the background between turns. */
export function createSummarizer(
  { config, isDemoModel, log, model, now, store, telemetry }: SessionApp,
  { id, owner }: { readonly id: SessionId; readonly owner: CallerId },
  messageCache: MessageCache,
): Summarizer {
  return new Summarizer(
    id,
    { ...config, summarize: config.summarize && !isDemoModel },
    {
      store: {
        read: () => messageCache.read(),
        summarize: (session, summary) => store.summarize(session, summary),
      },
      model,
      now,
      onUsage: (spent) => telemetry.recordUsage(spent, { session: id, caller: owner }),
      onError: (error) => log.warning("notes failed", { session: id, detail: String(error) }),
    },
  );
}
