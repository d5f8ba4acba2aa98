import { describe, expect, test } from "bun:test";
import { createOperationFilter, type FilterRules } from "../../../src/tools/catalog/operation-filter.ts";
import { createOperation } from "../fixtures.ts";

const builtIn = ["/bedrock-chat", "/docs"];
const PATHS = [
  "/users",
  "/users/{id}",
  "/users/{id}/orders",
  "/users-private",
  "/admin/users",
  "/v1/admin/keys",
  "/docs",
  "/docs.list",
  "/bedrock-chat/ws",
];
const reason = (rules: Partial<FilterRules>, path: string) =>
  createOperationFilter({ builtInPaths: builtIn, ...rules }).findRejectionReason({
    ...createOperation({ path }),
    name: "",
  });
const offered = (rules: Partial<FilterRules>) => PATHS.filter((path) => reason(rules, path) === undefined);
const without = (...paths: string[]) => PATHS.filter((path) => !paths.includes(path));
const own = ["/docs", "/bedrock-chat/ws"];

test("built-in exclusions match whole segments only", () => {
  expect(offered({})).toEqual(without(...own));
});

test("a user's exclusion matches every path that begins with it", () => {
  expect(offered({ excludedPaths: ["/users"] })).toEqual(
    without(...own, "/users", "/users/{id}", "/users/{id}/orders", "/users-private"),
  );
  expect(offered({ excludedPaths: ["docs", "/users/{id}"] })).toEqual(
    without(...own, "/docs.list", "/users/{id}", "/users/{id}/orders"),
  );
});

test("an allowance matches whole segments only, and is stronger than a built-in exclusion", () => {
  expect(offered({ allowedPaths: ["/users/"] })).toEqual(["/users", "/users/{id}", "/users/{id}/orders"]);
  expect(offered({ allowedPaths: ["/docs"] })).toEqual(["/docs"]);
});

test("an exclusion is stronger than an allowance", () => {
  expect(offered({ allowedPaths: ["/users"], excludedPaths: ["/users/{id}/"] })).toEqual([
    "/users",
    "/users/{id}",
  ]);
});

test("globs may stand in both", () => {
  expect(offered({ allowedPaths: ["/*/admin"] })).toEqual(["/v1/admin/keys"]);
  expect(offered({ allowedPaths: ["/users/*/orders"] })).toEqual(["/users/{id}/orders"]);
  expect(offered({ allowedPaths: ["/**/users"] })).toEqual([
    "/users",
    "/users/{id}",
    "/users/{id}/orders",
    "/admin/users",
  ]);
  expect(offered({ excludedPaths: ["**/admin"] })).toEqual(without(...own, "/admin/users", "/v1/admin/keys"));
  expect(offered({ excludedPaths: ["/v*/adm"] })).toEqual(without(...own, "/v1/admin/keys"));
});

test("the rule that left a path out is named", () => {
  const rules = { allowedPaths: ["/users", "/orders"], excludedPaths: ["/users/me"] };
  expect(["/users/me", "/admin", "/users"].map((path) => reason(rules, path))).toEqual([
    "excluded by --excluded-paths /users/me",
    "not below --allowed-paths /users,/orders",
    undefined,
  ]);
  expect(reason({}, "/docs")).toBe("left out by default (/docs); --allowed-paths /docs offers it");
});

describe("methods, tags and operationIds:", () => {
  const OPERATIONS = [
    {
      ...createOperation({ method: "GET", path: "/pets", operationId: "pets/list", tags: ["pets"] }),
      name: "pets_list",
    },
    {
      ...createOperation({ method: "POST", path: "/pets", operationId: "pets/add", tags: ["pets", "write"] }),
      name: "add",
    },
    {
      ...createOperation({ method: "DELETE", path: "/pets/{id}", tags: ["admin: pets"] }),
      name: "delete_pets_id",
    },
    { ...createOperation({ method: "GET", path: "/docs", operationId: "docs" }), name: "docs" },
  ];
  const names = (rules: Partial<FilterRules>) => {
    const filter = createOperationFilter({ builtInPaths: builtIn, ...rules });
    return OPERATIONS.filter((one) => filter.findRejectionReason(one) === undefined).map(({ name }) => name);
  };

  test.each([
    [{ allowedMethods: ["get"] }, ["pets_list"]],
    [{ excludedMethods: ["DELETE", "p*"] }, ["pets_list"]],
    [{ allowedTags: ["pets"] }, ["pets_list", "add"]],
    [{ allowedTags: ["*pets"] }, ["pets_list", "add", "delete_pets_id"]],
    [{ excludedTags: ["write", "Pets"] }, ["pets_list", "delete_pets_id"]],
    [{ allowedOperations: ["pets/*"] }, ["pets_list", "add"]],
    [{ allowedOperations: ["*_id"] }, ["delete_pets_id"]],
    [{ excludedOperations: ["pets/list", "add"] }, ["delete_pets_id"]],
    [{ allowedTags: ["pets"], allowedMethods: ["GET", "DELETE"] }, ["pets_list"]],
    [{ allowedTags: ["pets"], excludedOperations: ["*add"] }, ["pets_list"]],
    [{ allowedPaths: ["/docs", "/pets"], allowedMethods: ["GET"] }, ["pets_list", "docs"]],
  ] as const)("%j", (rules, expected) => {
    expect(names(rules)).toEqual([...expected]);
  });

  test("the rule is named, and an exclusion wins over an allowance", () => {
    const filter = createOperationFilter({
      allowedMethods: ["GET", "HEAD"],
      allowedTags: ["pets"],
      excludedOperations: ["*/list"],
    });
    expect(OPERATIONS.map(filter.findRejectionReason)).toEqual([
      "excluded by --excluded-operations */list",
      "not in --allowed-methods GET,HEAD",
      "not in --allowed-methods GET,HEAD",
      "no tag in --allowed-tags pets",
    ]);
  });
});
