import { expect, test } from "bun:test";
import fc from "fast-check";
import type { Operation } from "../../../src/openapi/types.ts";
import { createToolFinder, findNearestNames } from "../../../src/tools/catalog/find-tool.ts";
import { assignNames } from "../../../src/tools/catalog/names.ts";
import { createOperation } from "../fixtures.ts";

const named = (operationId: string | undefined, path = "/a", method: Operation["method"] = "GET") =>
  createOperation({ operationId, path, method });

test("a name is the legal form of the operationId, or else of method and path", () => {
  expect(
    assignNames([
      named("getUser"),
      named("users/list"),
      named("chat.postMessage"),
      named(undefined, "/users/{id}/orders", "POST"),
      named("  ", "/"),
    ]),
  ).toEqual(["getUser", "users_list", "chat_postMessage", "post_users_id_orders", "get_root"]);
});

test("when names collide, the operation with exactly that operationId keeps it", () => {
  const [slash, exact, other] = assignNames([
    named("users/list", "/a"),
    named("users_list", "/b"),
    named("Users_List", "/c"),
  ]);
  expect(exact).toBe("users_list");
  expect(slash).toMatch(/^users_list_[0-9a-f]{8}$/);
  expect(other).toMatch(/^Users_List_[0-9a-f]{8}$/);
});

const ids = fc.option(
  fc.oneof(fc.string({ unit: "binary", maxLength: 200 }), fc.constantFrom("a", "A", "a/", "名")),
  {
    nil: undefined,
  },
);

test("names are legal, unique regardless of case, and stable between runs", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(ids, fc.string({ maxLength: 100 })), { maxLength: 30 }), (entries) => {
      const operations = entries.map(([id, path]) => named(id, `/${path}`));
      const names = assignNames(operations);
      expect(names.filter((name) => !/^[a-zA-Z0-9_-]{1,64}$/.test(name))).toEqual([]);
      expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(names.length);
      expect(assignNames(operations)).toEqual(names);
    }),
  );
});

test("a name does not change when an unrelated operation is added", () => {
  const long = named("x".repeat(80), "/long");
  const twin = named("users/list", "/a");
  const [, before, name] = assignNames([named("users_list", "/b"), twin, long]);
  const [, , after, same] = assignNames([named("new"), named("users_list", "/b"), twin, long]);
  expect([after, same]).toEqual([before, name]);
});

const tools = ["getUser", "get_user_orders", "delete_user", "listOrders", "create_v2"].map((name) => ({
  name,
}));
const find = createToolFinder(tools);
const spellings = [
  ["getUser", "getUser"],
  ["GETUSER", "getUser"],
  ["get_user", "getUser"],
  ["list-orders", "listOrders"],
  ["functions.getUser", "getUser"],
  ["default_api:listOrders", "listOrders"],
  ["mcp__shop__delete_user", "delete_user"],
  ["getUser_1", "getUser"],
  ["getUser_tool", "getUser"],
  ["tools.delete_user_v1", "delete_user"],
  ["getUser_3fa85f64", "getUser"],
  ["functions.default_api.getUser", "getUser"],
  ["delete_user_sessions", undefined],
  ["orders.getUser", undefined],
  ["getUser_delete", undefined],
  ["getUsers", undefined],
  ["user", undefined],
  ["", undefined],
] as const;
for (const [spelling, expected] of spellings) {
  test(`"${spelling}" ${expected === undefined ? "finds nothing" : `finds ${expected}`}`, () => {
    expect(find(spelling)?.name).toBe(expected);
  });
}

test("an ambiguous spelling finds nothing", () => {
  expect(createToolFinder([{ name: "get_user" }, { name: "getUser" }])("GetUser")).toBeUndefined();
});

test("`findNearestNames()` sorts by similarity and omits dissimilar names", () => {
  const names = tools.map(({ name }) => name);
  expect(findNearestNames("deleteUser", names)).toEqual(["delete_user", "getUser"]);
  expect(findNearestNames("zzzzzzzzzz", names)).toEqual([]);
});
