/** The worker that evaluates one expression over a JSON text, away from the thread that serves people. */
import { query } from "./query.ts";
import type { QueryAnswer, QueryRequest } from "./query-thread.ts";
import { readJson } from "./read-json.ts";

declare const self: Worker;

self.onmessage = ({ data: { text, expression, timeLimit } }: MessageEvent<QueryRequest>) => {
  const value = readJson(text);
  const startedAt = performance.now();
  const options = { now: () => performance.now(), timeLimit };
  const outcome = value === undefined ? undefined : query(value, expression, options);
  const answer: QueryAnswer = { outcome, spentMs: performance.now() - startedAt };
  self.postMessage(answer);
};
