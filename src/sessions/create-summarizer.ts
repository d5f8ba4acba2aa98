import { callerFromId } from "../access/caller.ts";
import type { Spender } from "../access/limits/types.ts";
import type { CallerId } from "../access/types.ts";
import { Summarizer } from "../chat/context/summarizer.ts";
import type { SessionId } from "../chat/types.ts";
import type { MessageCache } from "../turns/message-cache.ts";
import { toAmount } from "../turns/metered-model.ts";
import { replaceStream } from "../turns/turn-model.ts";
import type { SessionApp } from "./types.ts";

interface SummarizedSession {
  readonly id: SessionId;
  readonly owner: CallerId;
  /** Returns who the calls of the model count against. */
  readonly spender: () => Spender;
}

/** Creates the summarizer of a session, which works in the background between turns. */
export function createSummarizer(
  { authorizer, config, isDemoModel, limits, log, model, now, store, telemetry }: SessionApp,
  { id, owner, spender }: SummarizedSession,
  messageCache: MessageCache,
): Summarizer {
  return new Summarizer(
    id,
    // No copy of the settings: there is a summarizer for each session.
    isDemoModel ? { ...config, summarize: false } : config,
    {
      store: {
        // A turn has just ended, so that mostly nothing must be read.
        read: async () => messageCache.current ?? (await messageCache.read()),
        async summarize(session, summary) {
          await store.summarize(session, summary);
          messageCache.invalidate();
        },
      },
      // It works without a request, so only what a caller without a role may use replaces the model.
      model: replaceStream(model, (request, signal) => {
        const { allowsModel } = authorizer.permissionsFor(callerFromId(owner));
        return model.stream({ ...request, allowsFallback: allowsModel }, signal);
      }),
      now,
      onUsage(spent) {
        telemetry.recordUsage(spent, { session: id, caller: owner });
        void limits.recordUsage(spender(), toAmount(model, spent));
      },
      onError: (error) => log.warning("notes failed", { session: id, detail: String(error) }),
    },
  );
}
