import { expect, test } from "bun:test";
import type { ApiDescription, Operation } from "../../../src/openapi/types.ts";
import type { ToolSelection } from "../../../src/tools/catalog/make-tools.ts";
import { createOperationFilter } from "../../../src/tools/catalog/operation-filter.ts";
import {
  allowAllOperations,
  createApi,
  createDescription,
  createOperation,
  createParameter,
  makeAllTools,
} from "../fixtures.ts";

const selectAll: ToolSelection = {
  filter: allowAllOperations,
  includeDeprecated: false,
  descriptionLimit: 400,
  allowedHosts: [],
};

function makeNames(
  operations: readonly Operation[],
  selection: Partial<ToolSelection> = {},
  described: Partial<ApiDescription> = {},
) {
  const { tools, rejected } = makeAllTools(
    [{ api: createApi(), description: createDescription(operations, described) }],
    {
      ...selectAll,
      ...selection,
    },
  );
  return { tools: tools.map((tool) => `${tool.name} ${tool.api.baseUrl}`), rejected };
}

const list = createOperation({ operationId: "list", path: "/a" });
const baseUrl = "http://api.test/v1";

test("every operation is a tool or has a reason", () => {
  const old = createOperation({ operationId: "old", path: "/old", deprecated: true });
  const dotSegments = createOperation({ path: "/a/../b" });
  const badHeader = createOperation({
    path: "/spaced",
    parameters: [createParameter({ name: "X Y", in: "header" })],
  });
  const filter = createOperationFilter({ excludedPaths: ["/hidden"] });
  const hidden = createOperation({ path: "/hidden" });
  const alreadyRejected = { method: "GET", path: "/x", reason: "its parameter has no name" };
  expect(
    makeNames([list, old, dotSegments, badHeader, hidden], { filter }, { rejected: [alreadyRejected] }),
  ).toEqual({
    tools: [`list ${baseUrl}`],
    rejected: [
      alreadyRejected,
      { method: "GET", path: "/old", reason: "deprecated; include it with --include-deprecated" },
      { method: "GET", path: "/a/../b", reason: "the path has a dot segment, which HTTP clients remove" },
      {
        method: "GET",
        path: "/spaced",
        reason: 'the header parameter "X Y" has a name that HTTP does not allow',
      },
      { method: "GET", path: "/hidden", reason: "excluded by --excluded-paths /hidden" },
    ],
  });
  expect(makeNames([old], { includeDeprecated: true }).tools).toEqual([`old ${baseUrl}`]);
});

test("excluding operations does not rename others", () => {
  const twins = [
    createOperation({ operationId: "get", path: "/a" }),
    createOperation({ operationId: "get", path: "/b" }),
  ];
  const filter = createOperationFilter({ excludedPaths: ["/a"] });
  const [, second] = makeNames(twins).tools;
  expect(second).toStartWith("get_");
  expect(makeNames(twins, { filter }).tools).toEqual([second ?? ""]);
});

test("names are prefixed with the API only where they collide", () => {
  const names = makeAllTools(
    ["shop", "crm"].map((name) => ({
      api: createApi({ name }),
      description: createDescription([list, createOperation({ operationId: `only_${name}` })]),
    })),
    selectAll,
  ).tools.map((tool) => tool.name);
  expect(names).toEqual(["shop_list", "only_shop", "crm_list", "only_crm"]);
});

test("an operation's own server is used when it has the API's origin or an allowed host", () => {
  const own = { ...list, servers: ["http://api.test/v2"] };
  const upload = createOperation({ operationId: "upload", path: "/u", servers: ["https://uploads.test/x"] });
  const reason =
    "the server https://uploads.test is not the API's origin; include it with --allow-hosts uploads.test";
  expect(makeNames([own, upload])).toEqual({
    tools: ["list http://api.test/v2"],
    rejected: [{ method: "GET", path: "/u", reason }],
  });
  expect(makeNames([own, upload], { allowedHosts: ["uploads.test"] }).tools).toEqual([
    "list http://api.test/v2",
    "upload https://uploads.test/x",
  ]);
});

test("--base-url applies to every operation", () => {
  const upload = createOperation({ operationId: "upload", servers: ["https://uploads.test"] });
  const { tools } = makeAllTools(
    [{ api: createApi({ baseUrlIsFixed: true }), description: createDescription([upload]) }],
    selectAll,
  );
  expect(tools.map((tool) => tool.api.baseUrl)).toEqual([baseUrl]);
});

test("an operation's relative server resolves against the document's URL, else against the API's", () => {
  const own = createOperation({ operationId: "own", path: "/own", servers: ["/other"] });
  const nested = createOperation({ operationId: "nested", path: "/nested", servers: ["nested/"] });
  expect(makeNames([own, nested]).tools).toEqual([
    "own http://api.test/other",
    "nested http://api.test/v1/nested",
  ]);
  expect(makeNames([own], {}, { url: "http://api.test/docs/api.json" }).tools).toEqual([
    "own http://api.test/other",
  ]);
});
