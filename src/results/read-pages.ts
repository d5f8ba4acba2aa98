/** Reads pages of a list: short ones at once, long ones in a worker. */
import { setImmediate } from "node:timers/promises";
import type { Tool } from "../tools/types.ts";
import { MAX_INLINE_LENGTH, type WorkerOptions } from "../workers/worker-pool.ts";
import { type ListPage, readListPage } from "./list-page.ts";
import { findMorePages } from "./next-page.ts";
import { toPagedTool } from "./page-parameters.ts";
import type { Content } from "./response-head.ts";
import { runTaskInWorker } from "./run-task.ts";
import type { MorePages, PageCall } from "./types.ts";

/** The response to a call of an operation. */
export interface PageResponse {
  readonly tool: Tool;
  readonly call: PageCall;
  readonly content: Content;
}

/** What was read. The page is undefined when the response holds no list, or when it could not be read for a reason. */
export interface ReadPage {
  readonly page: ListPage | undefined;
  readonly problem?: string;
}

/** @param value what `readJson` returns for a body that is not long. Never rejects. */
export async function findPagesAfter(
  { tool, call, content }: PageResponse,
  value: unknown,
  options: WorkerOptions,
): Promise<MorePages | undefined> {
  const { head, body } = content;
  if (body.length <= MAX_INLINE_LENGTH) return findMorePages(tool, call, content, value);
  const input = { tool: toPagedTool(tool), call, head };
  const done = await runTaskInWorker({ name: "findMorePages", text: body, input }, options);
  return done.outcome === "done" ? done.output : undefined;
}

/** @param isLater whether other pages came before it. Never rejects. */
export async function readPage(
  { tool, call, content }: PageResponse,
  isLater: boolean,
  options: WorkerOptions,
): Promise<ReadPage> {
  const { head, body } = content;
  if (body.length <= MAX_INLINE_LENGTH) return { page: readListPage(tool, call, content, isLater) };
  const input = { tool: toPagedTool(tool), call, head, isLater };
  const done = await runTaskInWorker({ name: "readListPage", text: body, input }, options);
  if (done.outcome === "failed")
    return { page: undefined, problem: `the response could not be read: ${done.problem}` };
  const { text, output } = done;
  return { page: output && { ...output, records: text === "" ? [] : await splitLines(text) } };
}

/** Lines that are split off before others are served. */
const SLICE = 2000;

async function splitLines(text: string): Promise<readonly string[]> {
  const lines: string[] = [];
  for (let start = 0; start <= text.length; ) {
    const end = text.indexOf("\n", start);
    lines.push(text.slice(start, end === -1 ? text.length : end));
    if (end === -1) break;
    start = end + 1;
    if (lines.length % SLICE === 0) await setImmediate();
  }
  return lines;
}
