/** A model that plays a script, one entry per call, and records its requests. */
import { AppError } from "../../src/errors.ts";
import type { Model, ModelEvent, ModelRequest } from "../../src/model/types.ts";

export const USAGE = { inputTokens: 10, outputTokens: 5, cacheReadTokens: 0, cacheWriteTokens: 0 };

/** The events of one call. An error is thrown and a promise is awaited at its position. */
export type Script = readonly (ModelEvent | Error | Promise<unknown>)[];

export interface ScriptedModel extends Model {
  readonly requests: ModelRequest[];
}

export function createScriptedModel(
  scripts: readonly Script[] | ((request: ModelRequest) => Script),
  limits = { contextTokens: 100_000, maxOutputTokens: 8_000 },
): ScriptedModel {
  const requests: ModelRequest[] = [];
  return {
    requests,
    async *stream(request, signal) {
      const script = typeof scripts === "function" ? scripts(request) : scripts[requests.length];
      requests.push(request);
      if (!script) throw new Error(`the script has no entry for call ${requests.length}`);
      for (const step of script) {
        if (step instanceof Error) throw step;
        if (step instanceof Promise) await Promise.race([step, waitForAbort(signal)]);
        if (signal.aborted) throw new AppError("cancelled", "Stopped.");
        if (!(step instanceof Promise)) yield step;
      }
    },
    health: async () => ({ status: "ready" }),
    limits: () => limits,
    cost: () => null,
    close() {},
  };
}

/** Returns a script with a reply in one delta. */
export function replyWithText(text: string): Script {
  return [
    { type: "text", text },
    { type: "end", stopReason: "end_turn", usage: USAGE },
  ];
}

/** Returns a script that requests calls, each `[id, name, arguments]`. */
export function replyWithCalls(...calls: readonly [string, string, Record<string, unknown>][]): Script {
  return [
    ...calls.map(([id, name, values]) => ({ type: "call", call: { id, name, arguments: values } }) as const),
    { type: "end", stopReason: "tool_use", usage: USAGE },
  ];
}

function waitForAbort(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
