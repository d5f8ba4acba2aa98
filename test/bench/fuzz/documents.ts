/**
 * Mutated documents, read by the functions that the server uses. A document is refused with an error for the operator, or
 * Bedrock accepts its tools, and calls of them are prepared or refused.
 */
import fc from "fast-check";
import { ApiRegistry } from "../../../src/apis/api-registry.ts";
import type { ToolCatalog } from "../../../src/apis/load-apis.ts";
import { loadConfig } from "../../../src/config/load.ts";
import { DocumentError, StartError } from "../../../src/errors.ts";
import { stringifyJson } from "../../../src/json.ts";
import { buildConverseBody } from "../../../src/model/bedrock/request.ts";
import { capabilitiesOf } from "../../../src/model/capabilities.ts";
import { checkCall } from "../../bedrock/check.ts";
import { MODEL, testPorts } from "../../support/harness.ts";
import { generateSample } from "../../tools/sample.ts";
import { asObject } from "../second-reading.ts";
import { type Mutation, mutate, mutations, textChange } from "./mutation.ts";
import { SEED_DOCUMENTS } from "./seed-documents.ts";
import type { Surface } from "./surface.ts";

interface DocumentCase {
  readonly seed: object;
  readonly changes: readonly Mutation[];
  readonly change: ((text: string) => string) | null;
}

/** Milliseconds of CPU time that one small document may take, its tools and its calls included. */
const MAX_CPU_MS = 10_000;
const QUESTION = { messages: [{ role: "user", content: [{ text: "hi" }] }] };

export function createDocuments(): Surface<DocumentCase> {
  const write = ({ seed, changes, change }: DocumentCase) => {
    const text = JSON.stringify(mutate(seed, changes)) ?? "";
    return change ? change(text) : text;
  };
  return {
    name: "documents",
    share: 0.05,
    cases: fc.record({
      seed: fc.constantFrom(...SEED_DOCUMENTS),
      changes: mutations,
      change: fc.option(textChange, { freq: 10 }),
    }),
    describe: write,
    async check(one) {
      const before = process.cpuUsage();
      const catalog = await loadText(write(one));
      if (catalog) {
        checkTools(catalog);
        await checkCalls(catalog, one.changes[0]?.other ?? 0);
      }
      const { user } = process.cpuUsage(before);
      if (user > MAX_CPU_MS * 1000) throw new Error(`took ${Math.round(user / 1000)} ms of CPU time`);
    },
  };
}

/** Loads a document as the server does. Returns undefined when it is refused. */
export async function loadText(text: string, ...argv: readonly string[]): Promise<ToolCatalog | undefined> {
  const { config } = loadConfig({
    argv: ["--spec", "fuzz.json", ...argv],
    environment: {},
    readFile: () => undefined,
  });
  const ports = testPorts();
  const io = { ...ports.io, readFile: () => new Blob([text]) as Bun.BunFile };
  try {
    return (await ApiRegistry.load({ ...config, chatEndpoint: "/-" }, { ...ports, io })).current;
  } catch (error) {
    if (error instanceof DocumentError || error instanceof StartError) return undefined;
    throw error;
  }
}

function checkTools({ advertised, listDefinitions }: ToolCatalog): void {
  for (const tools of new Set([advertised, listDefinitions()])) {
    const request = { model: MODEL, system: "", messages: [], tools, maxTokens: 100 };
    const { toolConfig } = buildConverseBody(request, capabilitiesOf(MODEL), {});
    const body = { ...QUESTION, ...(toolConfig && { toolConfig: JSON.parse(stringifyJson(toolConfig)) }) };
    const refusal = checkCall({ modelId: MODEL, streaming: false, body });
    if (refusal) throw new Error(`Bedrock refuses the tools: ${refusal.message}`);
  }
}

/** Prepares a call of one tool: compiling a validator for each tool takes most of the time. */
async function checkCalls({ toolbox }: ToolCatalog, index: number): Promise<void> {
  const tool = toolbox.tools[index % toolbox.tools.length];
  if (!tool) return;
  const signal = new AbortController().signal;
  for (const values of [sampleOf(tool.inputSchema), {}]) {
    const call = { id: "c", name: tool.name, arguments: values };
    const prepared = await toolbox.prepare(call, { signal, credentials: {} }, { dryRun: true });
    if (prepared.outcome === "ready") checkAddress(prepared.request.url, tool.api.baseUrl);
  }
}

/** @throws Error when a request leaves the address of its API. */
export function checkAddress(url: string, baseUrl: string): void {
  const [sent, base] = [new URL(url), new URL(baseUrl)];
  const folder = base.pathname.replace(/\/$/, "");
  if (sent.origin !== base.origin || !(sent.pathname === folder || sent.pathname.startsWith(`${folder}/`)))
    throw new Error(`the request to ${url} leaves ${baseUrl}`);
}

/** Returns arguments for a schema, or none when the generator cannot make any. */
function sampleOf(schema: Readonly<Record<string, unknown>>): Record<string, unknown> {
  try {
    return asObject(generateSample(schema, asObject(schema.$defs)));
  } catch {
    return {};
  }
}
