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
const findReason = (rules: Partial<FilterRules>, path: string) =>
  createOperationFilter({ builtInPaths: builtIn, ...rules }).findRejectionReason({
    ...createOperation({ path }),
    name: "",
  });
const listOffered = (rules: Partial<FilterRules>) =>
  PATHS.filter((path) => findReason(rules, path) === undefined);
const without = (...paths: string[]) => PATHS.filter((path) => !paths.includes(path));
const builtInMatches = ["/docs", "/bedrock-chat/ws"];

test("built-in exclusions match complete segments only", () => {
  expect(listOffered({})).toEqual(without(...builtInMatches));
});

test("a user's exclusion matches every path that begins with it", () => {
  expect(listOffered({ excludedPaths: ["/users"] })).toEqual(
    without(...builtInMatches, "/users", "/users/{id}", "/users/{id}/orders", "/users-private"),
  );
  expect(listOffered({ excludedPaths: ["docs", "/users/{id}"] })).toEqual(
    without(...builtInMatches, "/docs.list", "/users/{id}", "/users/{id}/orders"),
  );
});

test("an allowance matches complete segments only, and overrides a built-in exclusion", () => {
  expect(listOffered({ allowedPaths: ["/users/"] })).toEqual(["/users", "/users/{id}", "/users/{id}/orders"]);
  expect(listOffered({ allowedPaths: ["/docs"] })).toEqual(["/docs"]);
});

test("an exclusion overrides an allowance", () => {
  expect(listOffered({ allowedPaths: ["/users"], excludedPaths: ["/users/{id}/"] })).toEqual(["/users"]);
});

test("slashes at the end of an exclusion change nothing", () => {
  for (const rule of ["/users", "users/", "/users/", "/users//"])
    expect(listOffered({ excludedPaths: [rule] })).toEqual(
      without(...builtInMatches, "/users", "/users/{id}", "/users/{id}/orders", "/users-private"),
    );
  expect(listOffered({ excludedPaths: ["/v*/admin/"] })).toEqual(
    without(...builtInMatches, "/v1/admin/keys"),
  );
  expect(listOffered({ excludedPaths: ["/"] })).toEqual([]);
});

test("allowances and exclusions accept globs", () => {
  expect(listOffered({ allowedPaths: ["/*/admin"] })).toEqual(["/v1/admin/keys"]);
  expect(listOffered({ allowedPaths: ["/users/*/orders"] })).toEqual(["/users/{id}/orders"]);
  expect(listOffered({ allowedPaths: ["/**/users"] })).toEqual([
    "/users",
    "/users/{id}",
    "/users/{id}/orders",
    "/admin/users",
  ]);
  expect(listOffered({ excludedPaths: ["**/admin"] })).toEqual(
    without(...builtInMatches, "/admin/users", "/v1/admin/keys"),
  );
  expect(listOffered({ excludedPaths: ["/v*/adm"] })).toEqual(without(...builtInMatches, "/v1/admin/keys"));
});

test("the reason names the rule that excludes a path", () => {
  const rules = { allowedPaths: ["/users", "/orders"], excludedPaths: ["/users/me"] };
  expect(["/users/me", "/admin", "/users"].map((path) => findReason(rules, path))).toEqual([
    "excluded by --excluded-paths /users/me",
    "not below --allowed-paths /users,/orders",
    undefined,
  ]);
  expect(findReason({}, "/docs")).toBe("excluded by default (/docs); include it with --allowed-paths /docs");
});

describe("rules on methods, tags and operationIds", () => {
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
  const listNames = (rules: Partial<FilterRules>) => {
    const filter = createOperationFilter({ builtInPaths: builtIn, ...rules });
    return OPERATIONS.filter((operation) => filter.findRejectionReason(operation) === undefined).map(
      ({ name }) => name,
    );
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
  ] as const)("%j offers %j", (rules, expected) => {
    expect(listNames(rules)).toEqual([...expected]);
  });

  test("an exclusion overrides an allowance, and the reason names the rule", () => {
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
