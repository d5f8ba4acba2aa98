/** Tests a real document, GitHub's: every operation becomes a tool, and a plausible call of each becomes a request. */
import { beforeAll, expect, test } from "bun:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import { readDescription } from "../../src/openapi/read.ts";
import type { ApiDescription } from "../../src/openapi/types.ts";
import { readArguments } from "../../src/tools/arguments/arguments.ts";
import { createValidator } from "../../src/tools/arguments/validator.ts";
import { buildRequest } from "../../src/tools/request/request.ts";
import { isRecord } from "../../src/tools/schema/schema.ts";
import type { Tool } from "../../src/tools/types.ts";
import { allowAllOperations, createApi, makeAllTools } from "./fixtures.ts";
import { generateSample } from "./sample.ts";

const file = new URL("../../node_modules/@octokit/openapi/generated/api.github.com.json", import.meta.url)
  .pathname;
let description: ApiDescription;
let tools: readonly Tool[];

beforeAll(async () => {
  description = await readDescription(file, {
    fetch,
    readFile: (path) => Bun.file(path),
    realPath: async (path) => path,
    readStdin: () => new ReadableStream(),
  });
  const selection = {
    filter: allowAllOperations,
    includeDeprecated: true,
    descriptionLimit: 600,
    allowedHosts: ["uploads.github.com"],
  };
  const result = makeAllTools(
    [{ api: createApi({ baseUrl: "https://api.github.com" }), description }],
    selection,
  );
  expect(result.rejected).toEqual([]);
  tools = result.tools;
});

test("every operation is a tool with a legal, unique name", () => {
  expect(tools.length).toBe(description.operations.length);
  expect(tools.length).toBeGreaterThan(1000);
  expect(tools.filter(({ name }) => !/^[a-zA-Z0-9_-]{1,64}$/.test(name))).toEqual([]);
  expect(new Set(tools.map(({ name }) => name)).size).toBe(tools.length);
});

test("every input schema is valid draft 2020-12 with a plain object at its root", () => {
  const ajv = new Ajv2020({ strict: false, logger: false });
  const invalid = tools.filter(({ inputSchema }) => {
    const { type, oneOf, anyOf, allOf } = inputSchema;
    return type !== "object" || oneOf || anyOf || allOf || !ajv.validateSchema({ ...inputSchema });
  });
  expect(invalid.map(({ name }) => name)).toEqual([]);
});

test("a plausible value of every schema is accepted and becomes a request below the API's base URL", () => {
  const validate = createValidator();
  const problems = tools.flatMap((tool) => {
    const definitions = isRecord(tool.inputSchema.$defs) ? tool.inputSchema.$defs : {};
    const value = generateSample(tool.inputSchema, definitions);
    const parsed = readArguments(tool, isRecord(value) ? value : {}, validate);
    if (parsed.outcome === "refused") return [{ tool: tool.name, problems: parsed.problems }];
    const built = buildRequest(tool, parsed.values);
    if (built.outcome === "refused") return [{ tool: tool.name, problems: built.problems }];
    const { method, url } = built.request;
    const isValid =
      method === tool.operation.method && url.startsWith(`${tool.api.baseUrl}/`) && URL.canParse(url);
    return isValid ? [] : [{ tool: tool.name, problems: [url] }];
  });
  expect(problems).toEqual([]);
}, 20_000);
