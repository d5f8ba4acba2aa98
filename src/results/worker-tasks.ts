/** The tasks over long texts that a worker does. Each parses the text, which is most of its cost. */
import type { BuiltinToolNames } from "./definitions.ts";
import { type ListPage, readListPage } from "./list-page.ts";
import { findMorePages } from "./next-page.ts";
import { type QueryOutcome, query } from "./query.ts";
import { readJson } from "./read-json.ts";
import { splitContent } from "./response-head.ts";
import { countRows, describeStored } from "./shape.ts";
import type { MorePages, PageCall, PagedTool, StoredResult } from "./types.ts";

/** Name → what a task needs beside its text, and what it returns beside a text. All of it can be cloned. */
export interface Tasks {
  /** Evaluates an expression over the text, and returns the found text. */
  readonly query: {
    readonly input: {
      readonly expression: string;
      /** Milliseconds of CPU time that the evaluation may take. */
      readonly timeLimit: number;
    };
    readonly output: {
      /** Undefined when the text is no JSON. */
      readonly outcome: WithoutText<QueryOutcome> | undefined;
      /** Milliseconds of CPU time that the evaluation took. */
      readonly spentMs: number;
    };
  };
  /** Returns the description of a stored result, and the number of its records. */
  readonly describe: {
    readonly input: Omit<StoredResult, "text"> & {
      readonly names: BuiltinToolNames;
      readonly budget: number;
    };
    readonly output: number | undefined;
  };
  /** The text is the body of a response. */
  readonly findMorePages: {
    readonly input: { readonly tool: PagedTool; readonly call: PageCall; readonly head: readonly string[] };
    readonly output: MorePages | undefined;
  };
  /** Reads a page of a list from the body of a response, and returns the records, one on each line. */
  readonly readListPage: {
    readonly input: {
      readonly tool: PagedTool;
      readonly call: PageCall;
      readonly head: readonly string[];
      readonly isLater: boolean;
    };
    readonly output: Omit<ListPage, "records"> | undefined;
  };
}

export type TaskName = keyof Tasks;

type WithoutText<Outcome> = Outcome extends { readonly text: string } ? Omit<Outcome, "text"> : Outcome;

export interface TaskResult<Name extends TaskName> {
  readonly text: string;
  readonly output: Tasks[Name]["output"];
}

type Task<Name extends TaskName> = (text: string, input: Tasks[Name]["input"]) => TaskResult<Name>;

/** Returns the CPU time of this thread in milliseconds. Unlike a clock, it stands still while others have the core. */
function readThreadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

const TASKS: { readonly [Name in TaskName]: Task<Name> } = {
  query(text, { expression, timeLimit }) {
    const value = readJson(text);
    const startedAt = readThreadMs();
    const options = { now: readThreadMs, timeLimit };
    const found = value === undefined ? undefined : query(value, expression, options);
    const spentMs = readThreadMs() - startedAt;
    if (found?.outcome !== "ready") return { text: "", output: { outcome: found, spentMs } };
    const { text: foundText, ...outcome } = found;
    return { text: foundText, output: { outcome, spentMs } };
  },
  describe(text, { names, budget, ...stored }) {
    const value = readJson(splitContent(text).body);
    return {
      text: describeStored({ ...stored, text }, names, budget, () => value),
      output: countRows(value),
    };
  },
  findMorePages: (body, { tool, call, head }) => ({
    text: "",
    output: findMorePages(tool, call, { head, body }, readJson(body)),
  }),
  readListPage(body, { tool, call, head, isLater }) {
    const page = readListPage(tool, call, { head, body }, isLater);
    if (!page) return { text: "", output: undefined };
    const { records, ...output } = page;
    return { text: records.join("\n"), output };
  },
};

export function runTask<Name extends TaskName>(
  name: Name,
  text: string,
  input: Tasks[Name]["input"],
): TaskResult<Name> {
  const task: Task<Name> = TASKS[name];
  return task(text, input);
}
