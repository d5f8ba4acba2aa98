/** One call of a tool: reviewed, carried out, counted and told as any other, for one request of a client. */

import { roomForResult } from "../../chat/context/result-budget.ts";
import { stringifyJson } from "../../json.ts";
import type { ResultId } from "../../results/types.ts";
import type { FileContent } from "../../tools/types.ts";
import { createReview, describeCall } from "../../turns/approval-policy.ts";
import { keepFile } from "../../turns/save-file.ts";
import { tellCall } from "../../turns/telemetry-context.ts";
import { turnTools } from "../../turns/turn-tools.ts";
import { failure, toolResult } from "./result.ts";
import type { Outcome, Place, Visit } from "./types.ts";

/** Always resolves: what goes wrong is a result that says so. */
export async function carryOut(place: Place, visit: Visit): Promise<Outcome> {
  const work = reviewed(place, visit);
  place.running.add(work);
  try {
    return await work;
  } finally {
    place.running.delete(work);
  }
}

async function reviewed(place: Place, visit: Visit): Promise<Outcome> {
  const { app, approvals, results } = place;
  const { visitor, call, signal, answer } = visit;
  const apis = app.apis.current;
  const owned = { id: visitor.session, owner: visitor.caller.id };
  const context = (signal: AbortSignal) => ({
    signal,
    credentials: visitor.credentials,
    keepFile: (file: FileContent) => keepFile(app, owned, file),
  });
  const review = createReview(app, { apis, allowed: [], canAsk: visit.canAsk, context });
  const verdict = await review(call, signal);
  if (verdict.verdict === "refuse") return done(failure(verdict.reason));
  if (verdict.verdict === "ask") {
    const shown = stringifyJson([call.name, call.arguments]);
    if (!answer || !approvals.take(answer.id, shown))
      return {
        type: "ask",
        id: approvals.ask(shown),
        message: `Allow this call?\n${describeCall(call, verdict.preview)}`,
      };
    if (!answer.isYes) return done(failure(REFUSED));
  }

  let kept: ResultId | undefined;
  const tools = turnTools(
    {
      ...app,
      results: {
        keep: async (...given) => {
          kept = await results.keep(...given);
          return kept;
        },
        find: (session, id) => results.find(session, id),
      },
    },
    { ...visitor, model: app.modelId, apis, context, progress: visit.progress },
  );
  const result = await tools.run(call, signal);
  tellCall(app, visitor, result);
  const { contextTokens } = app.model.limits(app.modelId);
  const fitted = await tools.fit(result, roomForResult(contextTokens, app.config.maxMessageSize, []));
  const file = result.file && app.files.read(result.file.id);
  return done(toolResult(fitted, { kept, keptSize: result.content.length, file }));
}

const REFUSED = "Not called: the person refused it. Do not try it again unless they ask for it.";

function done(result: (Outcome & { type: "done" })["result"]): Outcome {
  return { type: "done", result };
}
