/**
 * Documents that others wrote, from registry packages: each operation is a tool or has a reason, each tool is one that
 * Bedrock takes, and a plausible call of each becomes a request below the API's own address.
 */
import { expect, test } from "bun:test";
import { dirname } from "node:path";
import { ApiRegistry } from "../../src/apis/api-registry.ts";
import { loadConfig } from "../../src/config/load.ts";
import { parseJson, stringifyJson } from "../../src/json.ts";
import { isRecord } from "../../src/tools/schema/schema.ts";
import type { Tool, Toolbox } from "../../src/tools/types.ts";
import { checkCall } from "../bedrock/check.ts";
import { MODEL, testPorts } from "../support/harness.ts";
import { generateSample } from "../tools/sample.ts";

const BASE = "http://127.0.0.1:1/base";
const GITHUB = require.resolve("@octokit/openapi/generated/api.github.com.json");
const EXAMPLES = dirname(require.resolve("@readme/oas-examples/package.json"));

async function load(spec: string): Promise<Toolbox> {
  const argv = ["--spec", spec, "--base-url", BASE, "--include-deprecated"];
  const { config } = loadConfig({ argv, environment: {}, readFile: () => undefined });
  return (await ApiRegistry.load(config, testPorts())).current.toolbox;
}

/** What Bedrock says of a tool, in a request that holds it alone. */
function refusal({ name, description, inputSchema }: Tool): string | undefined {
  // As the wire has it: what JSON cannot say is gone.
  const json = parseJson(stringifyJson(inputSchema));
  const body = {
    messages: [{ role: "user", content: [{ text: "Hi" }] }],
    inferenceConfig: { maxTokens: 10 },
    toolConfig: { tools: [{ toolSpec: { name, description, inputSchema: { json } } }] },
  };
  return checkCall({ modelId: MODEL, streaming: true, body })?.message;
}

async function problems(toolbox: Toolbox): Promise<readonly string[]> {
  const context = { signal: new AbortController().signal, credentials: {} };
  const found: string[] = [];
  for (const tool of toolbox.tools) {
    const said = refusal(tool);
    if (said !== undefined) found.push(`${tool.name}: ${said}`);
    const given = generateSample(
      tool.inputSchema,
      isRecord(tool.inputSchema.$defs) ? tool.inputSchema.$defs : {},
    );
    const call = { id: "c", name: tool.name, arguments: isRecord(given) ? given : {} };
    const prepared = await toolbox.prepare(call, context, { dryRun: true });
    if (CONTRADICTORY.has(tool.name)) expect(prepared.outcome).toBe("refused");
    else if (prepared.outcome === "refused") found.push(prepared.problem);
    else if (!prepared.request.url.startsWith(`${BASE}/`))
      found.push(`${tool.name}: ${prepared.request.url}`);
  }
  return found;
}

test("GitHub's 1,223 operations", async () => {
  const toolbox = await load(GITHUB);
  expect([toolbox.tools.length, toolbox.rejected]).toEqual([1223, []]);
  expect(await problems(toolbox)).toEqual([]);
}, 60_000);

/** Operations that no value can satisfy, or whose own example breaks their schema: refused before anything is sent. */
const CONTRADICTORY = new Set([
  // allOf of types that exclude each other.
  "quirks_incompatibleNestedAllOf",
  "quirks_entirelyIncompatibleAllOf",
  "quirks_partiallyUsableIncompatibleAllOf",
  // Examples that are no duration, no UUID.
  "get_anything_jsonschema-formats",
  "create-booking",
]);

const documents = await Array.fromAsync(new Bun.Glob("{2.0,3.0,3.1}/json/*.json").scan({ cwd: EXAMPLES }));

test.each(documents.toSorted())("%s", async (document) => {
  const toolbox = await load(`${EXAMPLES}/${document}`);
  expect(toolbox.rejected.filter(({ reason }) => reason.trim() === "")).toEqual([]);
  expect(await problems(toolbox)).toEqual([]);
});
