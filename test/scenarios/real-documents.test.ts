/**
 * Published documents from registry packages. Each operation becomes a tool or has a reason, Bedrock accepts each tool, and
 * a plausible call of each becomes a request below the API's base URL.
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

/** Returns Bedrock's error for a request with this tool only; undefined when it is accepted. */
function findRefusal({ name, description, inputSchema }: Tool): string | undefined {
  // Serialized as in a request, without values that JSON does not have.
  const json = parseJson(stringifyJson(inputSchema));
  const body = {
    messages: [{ role: "user", content: [{ text: "Hi" }] }],
    inferenceConfig: { maxTokens: 10 },
    toolConfig: { tools: [{ toolSpec: { name, description, inputSchema: { json } } }] },
  };
  return checkCall({ modelId: MODEL, streaming: true, body })?.message;
}

async function findProblems(toolbox: Toolbox): Promise<readonly string[]> {
  const context = { signal: new AbortController().signal, credentials: {} };
  const problems: string[] = [];
  for (const tool of toolbox.tools) {
    const refusal = findRefusal(tool);
    if (refusal !== undefined) problems.push(`${tool.name}: ${refusal}`);
    const values = generateSample(
      tool.inputSchema,
      isRecord(tool.inputSchema.$defs) ? tool.inputSchema.$defs : {},
    );
    const call = { id: "c", name: tool.name, arguments: isRecord(values) ? values : {} };
    const prepared = await toolbox.prepare(call, context, { dryRun: true });
    if (CONTRADICTORY.has(tool.name)) expect(prepared.outcome).toBe("refused");
    else if (prepared.outcome === "refused") problems.push(prepared.problem);
    else if (!prepared.request.url.startsWith(`${BASE}/`))
      problems.push(`${tool.name}: ${prepared.request.url}`);
  }
  return problems;
}

test("GitHub's 1,223 operations become valid tools", async () => {
  const toolbox = await load(GITHUB);
  expect([toolbox.tools.length, toolbox.rejected]).toEqual([1223, []]);
  expect(await findProblems(toolbox)).toEqual([]);
}, 60_000);

/** Operations that no value satisfies. They are refused before a request is sent. */
const CONTRADICTORY = new Set([
  // allOf with incompatible types.
  "quirks_incompatibleNestedAllOf",
  "quirks_entirelyIncompatibleAllOf",
  "quirks_partiallyUsableIncompatibleAllOf",
]);

const documents = await Array.fromAsync(new Bun.Glob("{2.0,3.0,3.1}/json/*.json").scan({ cwd: EXAMPLES }));

test.each(documents.toSorted())("%s becomes valid tools", async (document) => {
  const toolbox = await load(`${EXAMPLES}/${document}`);
  expect(toolbox.rejected.filter(({ reason }) => reason.trim() === "")).toEqual([]);
  expect(await findProblems(toolbox)).toEqual([]);
});
