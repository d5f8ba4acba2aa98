/** Mutated arguments of tools of valid documents: each call is prepared, or refused with a reason that the model reads. */
import fc from "fast-check";
import { stringifyJson } from "../../../src/json.ts";
import type { Tool, Toolbox } from "../../../src/tools/types.ts";
import { generateSample } from "../../tools/sample.ts";
import { asObject } from "../second-reading.ts";
import { checkAddress, loadText } from "./documents.ts";
import { type Mutation, mutate, mutations } from "./mutation.ts";
import { SEED_DOCUMENTS } from "./seed-documents.ts";
import type { Surface } from "./surface.ts";

interface ArgumentsCase {
  readonly target: { readonly toolbox: Toolbox; readonly tool: Tool; readonly sample: unknown };
  readonly changes: readonly Mutation[];
}

/** Characters of a refusal that a model reads. */
const MAX_PROBLEM = 20_000;

export async function createArguments(): Promise<Surface<ArgumentsCase>> {
  const catalogs = await Promise.all(SEED_DOCUMENTS.map((seed) => loadText(JSON.stringify(seed))));
  const targets = catalogs.flatMap((catalog) => {
    if (!catalog) throw new Error("a seed is not a valid document");
    const { toolbox } = catalog;
    return toolbox.tools.map((tool) => {
      const { inputSchema } = tool;
      const sample = generateSample(inputSchema, asObject(inputSchema.$defs));
      return { toolbox, tool, sample, [fc.toStringMethod]: () => tool.name };
    });
  });
  const signal = new AbortController().signal;
  return {
    name: "arguments",
    share: 0.5,
    cases: fc.record({ target: fc.constantFrom(...targets), changes: mutations }),
    describe: ({ target, changes }) => `${target.tool.name} ${stringifyJson(mutate(target.sample, changes))}`,
    async check({ target: { toolbox, tool, sample }, changes }) {
      const values = mutate(sample, changes);
      // The model adapters report arguments that are no object as malformed.
      const isObject = typeof values === "object" && values !== null && !Array.isArray(values);
      const call = {
        id: "c",
        name: tool.name,
        arguments: isObject ? { ...values } : {},
        ...(!isObject && { malformed: stringifyJson(values) ?? "" }),
      };
      const prepared = await toolbox.prepare(call, { signal, credentials: {} }, { dryRun: true });
      if (prepared.outcome === "ready") {
        checkAddress(prepared.request.url, tool.api.baseUrl);
        new Headers(prepared.request.headers);
      } else if (prepared.problem.length > MAX_PROBLEM)
        throw new Error(`the refusal has ${prepared.problem.length} characters`);
    },
  };
}
