/** Builds operations, tools and toolboxes for the tests of this folder. */

import { runAtOnce } from "../../src/apis/slices.ts";
import type { JsonSchema, ToolCall } from "../../src/chat/types.ts";
import type {
  ApiDescription,
  MediaType,
  Operation,
  Parameter,
  RequestBody,
} from "../../src/openapi/types.ts";
import { createTokenSource } from "../../src/tools/auth/token-source.ts";
import { readCuration } from "../../src/tools/catalog/curation.ts";
import { type ApiTools, makeTools } from "../../src/tools/catalog/make-tools.ts";
import { createOperationFilter } from "../../src/tools/catalog/operation-filter.ts";
import { createTool } from "../../src/tools/catalog/tool.ts";
import { createExecutor, type ExecutorOptions } from "../../src/tools/http/execute.ts";
import { createToolbox, type ToolboxOptions } from "../../src/tools/toolbox.ts";
import type { Api, CallContext, Tool, Toolbox } from "../../src/tools/types.ts";

export function createOperation(fields: Partial<Operation> = {}): Operation {
  return {
    method: "GET",
    path: "/things",
    tags: [],
    deprecated: false,
    parameters: [],
    responses: [],
    servers: [],
    security: [],
    extensions: {},
    definitions: {},
    ...fields,
  };
}

/** Creates a parameter with the specification's defaults for its location. */
export function createParameter(fields: Partial<Parameter> & Pick<Parameter, "name" | "in">): Parameter {
  const style = fields.style ?? (fields.in === "query" || fields.in === "cookie" ? "form" : "simple");
  return {
    required: fields.in === "path",
    deprecated: false,
    style,
    explode: style === "form",
    allowReserved: false,
    allowEmptyValue: false,
    schema: { type: "string" },
    ...fields,
  };
}

export function createRequestBody(
  mediaType: string,
  schema: JsonSchema,
  more: Partial<MediaType & RequestBody> = {},
): RequestBody {
  const { required = true, description, encoding = {} } = more;
  return { required, description, content: [{ mediaType, schema, encoding }] };
}

export function createApi(fields: Partial<Api> = {}): Api {
  return { name: "", baseUrl: "http://api.test/v1", securitySchemes: {}, headers: {}, ...fields };
}

export function buildTool(fields: Partial<Operation>, apiFields: Partial<Api> = {}): Tool {
  const operation = createOperation(fields);
  return createTool(
    "tool",
    operation,
    createApi(apiFields),
    { descriptionLimit: 400 },
    readCuration(operation).curation,
  );
}

/** Makes the tools of APIs without a pause. */
export function makeAllTools(...args: Parameters<typeof makeTools>): ApiTools {
  return runAtOnce(makeTools(...args));
}

export function createDescription(
  operations: readonly Operation[],
  fields: Partial<ApiDescription> = {},
): ApiDescription {
  return {
    source: "api.yaml",
    title: "API",
    version: "1",
    servers: [],
    documents: [],
    operations,
    rejected: [],
    warnings: [],
    securitySchemes: {},
    ...fields,
  };
}

/** Fails every call that needs a token. */
export const rejectingTokenSource = createTokenSource({
  fetch: () => Promise.reject(new Error("no token is fetched here")),
  now: Date.now,
  timeoutMs: 1000,
});

export const allowAllOperations = createOperationFilter({});

export function buildExecutor(fields: Partial<ExecutorOptions> = {}) {
  return createExecutor({
    fetch: (url, init) => fetch(url, init),
    now: () => performance.now(),
    sleep: async () => {},
    timeoutMs: 10_000,
    maxResponseSize: 1_000_000,
    allowedHosts: [],
    ...fields,
  });
}

export function buildToolbox(
  operations: readonly Operation[],
  fields: Partial<ToolboxOptions> & { readonly api?: Partial<Api> } = {},
): Toolbox {
  const apis = [{ api: createApi(fields.api), description: createDescription(operations) }];
  const tools = makeAllTools(apis, {
    filter: allowAllOperations,
    includeDeprecated: false,
    descriptionLimit: 400,
    allowedHosts: [],
  });
  return createToolbox(tools, {
    execute: buildExecutor(),
    tokenSource: rejectingTokenSource,
    now: () => performance.now(),
    ...fields,
  });
}

export function createCall(name: string, args: Record<string, unknown> = {}): ToolCall {
  return { id: "call-1", name, arguments: args };
}

export function createContext(fields: Partial<CallContext> = {}): CallContext {
  return { signal: new AbortController().signal, credentials: {}, ...fields };
}
