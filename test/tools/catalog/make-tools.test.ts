import { expect, test } from "bun:test";
import type { ApiDescription, Operation } from "../../../src/openapi/types.ts";
import { makeTools, type ToolSelection } from "../../../src/tools/catalog/make-tools.ts";
import { createOperationFilter } from "../../../src/tools/catalog/operation-filter.ts";
import {
  allowAllOperations,
  createApi,
  createDescription,
  createOperation,
  createParameter,
  createRequestBody,
} from "../fixtures.ts";

const all: ToolSelection = {
  filter: allowAllOperations,
  includeDeprecated: false,
  descriptionLimit: 400,
  allowedHosts: [],
};

function made(
  operations: readonly Operation[],
  selection: Partial<ToolSelection> = {},
  described: Partial<ApiDescription> = {},
) {
  const { tools, rejected } = makeTools(
    [{ api: createApi(), description: createDescription(operations, described) }],
    {
      ...all,
      ...selection,
    },
  );
  return { tools: tools.map((tool) => `${tool.name} ${tool.api.baseUrl}`), rejected };
}

const list = createOperation({ operationId: "list", path: "/a" });
const base = "http://api.test/v1";

test("every operation is a tool or has a reason", () => {
  const old = createOperation({ operationId: "old", path: "/old", deprecated: true });
  const climbing = createOperation({ path: "/a/../b" });
  const reading = createOperation({ path: "/search", body: createRequestBody("application/json", {}) });
  const spaced = createOperation({
    path: "/spaced",
    parameters: [createParameter({ name: "X Y", in: "header" })],
  });
  const filter = createOperationFilter({ excludedPaths: ["/hidden"] });
  const hidden = createOperation({ path: "/hidden" });
  const earlier = { method: "GET", path: "/x", reason: "its parameter has no name" };
  expect(made([list, old, climbing, reading, spaced, hidden], { filter }, { rejected: [earlier] })).toEqual({
    tools: [`list ${base}`],
    rejected: [
      earlier,
      { method: "GET", path: "/old", reason: "deprecated; --include-deprecated offers it" },
      { method: "GET", path: "/a/../b", reason: "its path has a dot segment, which no client can send" },
      { method: "GET", path: "/search", reason: "a GET request cannot be sent with the body it requires" },
      { method: "GET", path: "/spaced", reason: 'its header parameter "X Y" has no name that HTTP allows' },
      { method: "GET", path: "/hidden", reason: "excluded by --excluded-paths /hidden" },
    ],
  });
  expect(made([old], { includeDeprecated: true }).tools).toEqual([`old ${base}`]);
});

test("leaving operations out renames none of the others", () => {
  const twins = [
    createOperation({ operationId: "get", path: "/a" }),
    createOperation({ operationId: "get", path: "/b" }),
  ];
  const filter = createOperationFilter({ excludedPaths: ["/a"] });
  const [, second] = made(twins).tools;
  expect(second).toStartWith("get_");
  expect(made(twins, { filter }).tools).toEqual([second ?? ""]);
});

test("names are prefixed with their API only where they collide", () => {
  const names = makeTools(
    ["shop", "crm"].map((name) => ({
      api: createApi({ name }),
      description: createDescription([list, createOperation({ operationId: `only_${name}` })]),
    })),
    all,
  ).tools.map((tool) => tool.name);
  expect(names).toEqual(["shop_list", "only_shop", "crm_list", "only_crm"]);
});

test("an operation's own server counts when it is the API's origin or an allowed host", () => {
  const own = { ...list, servers: ["http://api.test/v2"] };
  const upload = createOperation({ operationId: "upload", path: "/u", servers: ["https://uploads.test/x"] });
  const reason =
    "its server https://uploads.test is not the API's address; --allow-hosts uploads.test offers it";
  expect(made([own, upload])).toEqual({
    tools: ["list http://api.test/v2"],
    rejected: [{ method: "GET", path: "/u", reason }],
  });
  expect(made([own, upload], { allowedHosts: ["uploads.test"] }).tools).toEqual([
    "list http://api.test/v2",
    "upload https://uploads.test/x",
  ]);
});

test("with --base-url every operation goes there", () => {
  const upload = createOperation({ operationId: "upload", servers: ["https://uploads.test"] });
  const { tools } = makeTools(
    [{ api: createApi({ baseUrlIsFixed: true }), description: createDescription([upload]) }],
    all,
  );
  expect(tools.map((tool) => tool.api.baseUrl)).toEqual([base]);
});

test("an operation's relative server is relative to the document, else to the API", () => {
  const own = createOperation({ operationId: "own", path: "/own", servers: ["/other"] });
  const beside = createOperation({ operationId: "beside", path: "/beside", servers: ["beside/"] });
  expect(made([own, beside]).tools).toEqual([
    "own http://api.test/other",
    "beside http://api.test/v1/beside",
  ]);
  expect(made([own], {}, { url: "http://api.test/docs/api.json" }).tools).toEqual([
    "own http://api.test/other",
  ]);
});
