/** The tasks over long texts that a worker does. Each parses the text, which is most of its cost. */
import type { BuiltinToolNames } from "./definitions.ts";
import { findMorePages } from "./next-page.ts";
import { type QueryOutcome, query } from "./query.ts";
import { readJson } from "./read-json.ts";
import type { Content } from "./response-head.ts";
import { describeStored } from "./shape.ts";
import type { MorePages, PageCall, PagedTool, StoredResult } from "./types.ts";

/** Name → input and output. All of them can be cloned. */
export interface Tasks {
  readonly query: {
    readonly input: {
      readonly text: string;
      readonly expression: string;
      /** Milliseconds that the evaluation may take. */
      readonly timeLimit: number;
    };
    readonly output: {
      /** Undefined when the text is no JSON. */
      readonly outcome: QueryOutcome | undefined;
      /** Milliseconds that the evaluation took. */
      readonly spentMs: number;
    };
  };
  readonly describe: {
    readonly input: {
      readonly result: StoredResult;
      readonly names: BuiltinToolNames;
      readonly budget: number;
    };
    readonly output: string;
  };
  readonly findMorePages: {
    readonly input: { readonly tool: PagedTool; readonly call: PageCall; readonly content: Content };
    readonly output: MorePages | undefined;
  };
}

export type TaskName = keyof Tasks;

type Task<Name extends TaskName> = (input: Tasks[Name]["input"]) => Tasks[Name]["output"];

const TASKS: { readonly [Name in TaskName]: Task<Name> } = {
  query({ text, expression, timeLimit }) {
    const value = readJson(text);
    const startedAt = performance.now();
    const options = { now: () => performance.now(), timeLimit };
    const outcome = value === undefined ? undefined : query(value, expression, options);
    return { outcome, spentMs: performance.now() - startedAt };
  },
  describe: ({ result, names, budget }) => describeStored(result, names, budget),
  findMorePages: ({ tool, call, content }) => findMorePages(tool, call, content, readJson(content.body)),
};

export function runTask<Name extends TaskName>(
  name: Name,
  input: Tasks[Name]["input"],
): Tasks[Name]["output"] {
  const task: Task<Name> = TASKS[name];
  return task(input);
}
