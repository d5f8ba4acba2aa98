/**
 * `bun run bench corpus FOLDER [EVERY]` reads every document of a folder (or every n-th), makes arguments from the schema
 * of each tool, sends them to a recorder, and compares what arrived with a second reading of the document.
 */
import { ApiRegistry } from "../../src/apis/api-registry.ts";
import { loadConfig } from "../../src/config/load.ts";
import type { Tool, Toolbox } from "../../src/tools/types.ts";
import { testPorts } from "../support/harness.ts";
import { generateSample } from "../tools/sample.ts";
import { compareRequest, type Difference, type ReceivedRequest } from "./compare-request.ts";
import { asObject, type Json, type ReadOperation, readOperations } from "./second-reading.ts";

const BASE_PATH = "/corpus";
/** The number of examples printed for each kind of difference. */
const EXAMPLES = 8;

type Counts = Record<
  | "documents"
  | "unreadable"
  | "operations"
  | "tools"
  | "rejected"
  | "missing"
  | "calls"
  | "refused"
  | "different",
  number
>;

interface Recorder {
  readonly url: string;
  /** Returns the last request, once. */
  take(): ReceivedRequest | undefined;
  stop(): Promise<void>;
}

/** Runs the comparison. Returns whether there are no differences. */
export async function corpus(folder: string, every = 1): Promise<boolean> {
  const recorder = startRecorder();
  const counts: Counts = {
    ...{ documents: 0, unreadable: 0, operations: 0, tools: 0, rejected: 0 },
    ...{ missing: 0, calls: 0, refused: 0, different: 0 },
  };
  const examples = new Map<string, string[]>();
  const note = (kind: string, text: string) => examples.set(kind, [...(examples.get(kind) ?? []), text]);
  const files = await Array.fromAsync(new Bun.Glob("**/*.{json,yaml,yml}").scan({ cwd: folder }));
  for (const [index, file] of files.toSorted().entries()) {
    if (index % every !== 0) continue;
    const root = await readRoot(`${folder}/${file}`);
    if (root === undefined) continue;
    counts.documents += 1;
    try {
      await checkDocument(`${folder}/${file}`, root, recorder, counts, (kind, text) =>
        note(kind, `${file}: ${text}`),
      );
    } catch (error) {
      counts.unreadable += 1;
      note("unreadable", `${file}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  await recorder.stop();
  for (const [name, count] of Object.entries(counts))
    print(`${name.padEnd(12)} ${count.toLocaleString("en-US")}`);
  for (const [kind, texts] of [...examples].toSorted(([, a], [, b]) => b.length - a.length)) {
    print(`\n${kind}: ${texts.length}`);
    for (const text of spread(texts, EXAMPLES)) print(`  ${text.replaceAll("\n", " ").slice(0, 300)}`);
  }
  return counts.different === 0 && counts.missing === 0;
}

type Note = (kind: string, text: string) => void;

async function checkDocument(file: string, root: Json, recorder: Recorder, counts: Counts, note: Note) {
  const toolbox = await loadTools(file, recorder.url);
  const operations = new Map(readOperations(root).map((one) => [`${one.method} ${one.path}`, one]));
  counts.operations += operations.size;
  counts.tools += toolbox.tools.length;
  counts.rejected += toolbox.rejected.length;
  for (const { method, path, reason } of toolbox.rejected) note("rejected", `${method} ${path}: ${reason}`);
  const known = new Set([
    ...toolbox.tools.map(({ operation }) => `${operation.method} ${operation.path}`),
    ...toolbox.rejected.map(({ method, path }) => `${method} ${path}`),
  ]);
  for (const key of operations.keys())
    if (!known.has(key)) {
      counts.missing += 1;
      note("missing operation", key);
    }
  for (const tool of toolbox.tools) {
    const key = `${tool.operation.method} ${tool.operation.path}`;
    const operation = operations.get(key);
    const { outcome, differences } = await checkTool(toolbox, tool, operation, recorder);
    counts.calls += 1;
    if (outcome !== undefined) {
      counts.refused += 1;
      note("refused", `${key}: ${outcome}`);
    }
    if (differences.length > 0) counts.different += 1;
    for (const { part, detail } of differences) note(part, `${key}: ${detail}`);
  }
}

/** Calls a tool with values of its own schema. `outcome` says why nothing was sent. */
async function checkTool(
  toolbox: Toolbox,
  tool: Tool,
  operation: ReadOperation | undefined,
  recorder: Recorder,
): Promise<{ readonly outcome?: string; readonly differences: readonly Difference[] }> {
  const signal = new AbortController().signal;
  let values: Json;
  try {
    values = asObject(generateSample(tool.inputSchema, asObject(tool.inputSchema.$defs)));
  } catch (error) {
    return {
      outcome: `no sample: ${error instanceof Error ? error.message : String(error)}`,
      differences: [],
    };
  }
  const call = { id: "c", name: tool.name, arguments: values };
  const prepared = await toolbox.prepare(call, { signal, credentials: {} });
  if (prepared.outcome === "refused") return { outcome: prepared.problem, differences: [] };
  const result = await toolbox.send(prepared, signal);
  if (result.outcome === "failed") return { outcome: result.problem, differences: [] };
  const request = recorder.take();
  if (operation === undefined || request === undefined) return { differences: [] };
  const hasAliases = Object.keys(tool.originalKeys).length > 0;
  return { differences: compareRequest(operation, values, request, hasAliases) };
}

function startRecorder(): Recorder {
  let last: ReceivedRequest | undefined;
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const { pathname, search } = new URL(request.url);
      last = {
        method: request.method,
        target: pathname.slice(BASE_PATH.length) + search,
        headers: request.headers,
        body: await request.bytes(),
      };
      return new Response("{}", { headers: { "Content-Type": "application/json" } });
    },
  });
  return {
    url: server.url.origin + BASE_PATH,
    take() {
      const request = last;
      last = undefined;
      return request;
    },
    stop: () => server.stop(true),
  };
}

async function loadTools(file: string, baseUrl: string): Promise<Toolbox> {
  const argv = ["--spec", file, "--base-url", baseUrl, "--include-deprecated"];
  const { config } = loadConfig({ argv, environment: {}, readFile: () => undefined });
  return (await ApiRegistry.load({ ...config, chatEndpoint: "/-" }, testPorts())).current.toolbox;
}

/** Returns the root of an OpenAPI document, and undefined for other files. */
async function readRoot(file: string): Promise<Json | undefined> {
  const text = await Bun.file(file).text();
  try {
    const root = asObject(file.endsWith(".json") ? JSON.parse(text) : Bun.YAML.parse(text));
    return "openapi" in root || "swagger" in root ? root : undefined;
  } catch {
    return undefined;
  }
}

/** Returns some of the texts, from all over the list. */
function spread(texts: readonly string[], count: number): readonly string[] {
  const step = Math.max(1, Math.floor(texts.length / count));
  return texts.filter((_, index) => index % step === 0).slice(0, count);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
