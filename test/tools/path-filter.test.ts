import { expect, test } from "bun:test";
import { createPathFilter, type PathRules } from "../../src/tools/path-filter.ts";

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
const offered = (rules: Partial<PathRules>) => {
  const filter = createPathFilter({ allowed: [], excluded: [], builtIn, ...rules });
  return PATHS.filter((path) => filter(path) === undefined);
};
const without = (...paths: string[]) => PATHS.filter((path) => !paths.includes(path));
const own = ["/docs", "/bedrock-chat/ws"];

test("built-in exclusions match whole segments only", () => {
  expect(offered({})).toEqual(without(...own));
});

test("a user's exclusion matches every path that begins with it", () => {
  expect(offered({ excluded: ["/users"] })).toEqual(
    without(...own, "/users", "/users/{id}", "/users/{id}/orders", "/users-private"),
  );
  expect(offered({ excluded: ["docs", "/users/{id}"] })).toEqual(
    without(...own, "/docs.list", "/users/{id}", "/users/{id}/orders"),
  );
});

test("an allowance matches whole segments only, and is stronger than a built-in exclusion", () => {
  expect(offered({ allowed: ["/users/"] })).toEqual(["/users", "/users/{id}", "/users/{id}/orders"]);
  expect(offered({ allowed: ["/docs"] })).toEqual(["/docs"]);
});

test("an exclusion is stronger than an allowance", () => {
  expect(offered({ allowed: ["/users"], excluded: ["/users/{id}/"] })).toEqual(["/users", "/users/{id}"]);
});

test("globs may stand in both", () => {
  expect(offered({ allowed: ["/*/admin"] })).toEqual(["/v1/admin/keys"]);
  expect(offered({ allowed: ["/users/*/orders"] })).toEqual(["/users/{id}/orders"]);
  expect(offered({ allowed: ["/**/users"] })).toEqual([
    "/users",
    "/users/{id}",
    "/users/{id}/orders",
    "/admin/users",
  ]);
  expect(offered({ excluded: ["**/admin"] })).toEqual(without(...own, "/admin/users", "/v1/admin/keys"));
  expect(offered({ excluded: ["/v*/adm"] })).toEqual(without(...own, "/v1/admin/keys"));
});

test("the rule that left a path out is named", () => {
  const filter = createPathFilter({ allowed: ["/users", "/orders"], excluded: ["/users/me"], builtIn });
  expect([filter("/users/me"), filter("/admin"), filter("/users")]).toEqual([
    "excluded by --excluded-paths /users/me",
    "not below --allowed-paths /users,/orders",
    undefined,
  ]);
  expect(createPathFilter({ allowed: [], excluded: [], builtIn })("/docs")).toBe(
    "left out by default (/docs); --allowed-paths /docs offers it",
  );
});
