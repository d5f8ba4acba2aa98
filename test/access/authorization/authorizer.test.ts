import { describe, expect, test } from "bun:test";
import { createAuthorizer } from "../../../src/access/authorization/authorizer.ts";
import { readRoles } from "../../../src/access/authorization/read-roles.ts";
import type { OperationFacts, Permissions } from "../../../src/access/authorization/types.ts";
import { TERMINAL, userCaller } from "../../../src/access/caller.ts";

function permissionsOf(text: string, ...roles: string[]): Permissions {
  return createAuthorizer(readRoles("roles.yaml", text)).permissionsOf(roles);
}

const operation = (fields: Partial<OperationFacts> = {}): OperationFacts => ({
  name: "list_orders",
  operationId: "ListOrders",
  api: "shop",
  method: "GET",
  path: "/orders/{id}",
  tags: ["orders"],
  readOnly: true,
  ...fields,
});
const module: OperationFacts = {
  name: "delivery_date",
  tags: [],
  source: "delivery.tool.ts",
  readOnly: true,
};

describe("rules", () => {
  const rows: readonly (readonly [string, OperationFacts, boolean])[] = [
    ["'*'", operation(), true],
    ["'*'", module, true],
    ["list_*", operation(), true],
    ["List*", operation(), true],
    ["list", operation(), false],
    ["GET /orders/**", operation(), true],
    ["get /orders", operation(), true],
    ["GET *", operation(), true],
    ["GET *", module, false],
    ["DELETE /orders", operation(), false],
    ["/orders", operation(), true],
    ["/order", operation(), false],
    ["/", operation(), true],
    ["{tag: orders}", operation(), true],
    ["{tag: [orders, items], method: [POST, PUT]}", operation(), false],
    ["{tag: orders}", module, false],
    ["{api: shop, readOnly: true}", operation(), true],
    ["{readOnly: false}", operation(), false],
    ["{source: delivery.*}", module, true],
    ["{source: '*'}", operation(), false],
  ];
  test.each(rows)("%s", (rule, facts, isMatch) => {
    const permissions = permissionsOf(
      `roles:\n  a:\n    allow: [${rule.startsWith("{") || rule.startsWith("'") ? rule : `"${rule}"`}]\n`,
      "a",
    );
    expect(permissions.operation(facts)).toBe(isMatch ? "allowed" : "forbidden");
  });
});

describe("several roles", () => {
  test("What one role allows is allowed, and what one denies is not.", () => {
    const roles = `roles:
  orders: {allow: [{tag: orders}]}
  items: {allow: [{tag: items}]}
  careful: {deny: ["DELETE *"]}
`;
    const both = permissionsOf(roles, "orders", "items", "careful");
    const items = operation({ tags: ["items"] });
    expect(both.operation(operation())).toBe("allowed");
    expect(both.operation(items)).toBe("allowed");
    expect(both.operation(operation({ method: "DELETE" }))).toBe("forbidden");
    expect(permissionsOf(roles, "orders", "items").operation(operation({ method: "DELETE" }))).toBe(
      "allowed",
    );
    expect(permissionsOf(roles, "orders").operation(items)).toBe("forbidden");
  });

  test("The strictest approval counts, and only `waive` spares what the document confirms.", () => {
    const roles = `roles:
  asked: {allow: ["*"], approval: {ask: [list_*]}}
  spared: {allow: ["*"], approval: {never: ["*"]}}
  waived: {allow: ["*"], approval: {waive: ["*"]}}
  hidden: {allow: ["*"], approval: {forbidden: ["*"]}}
`;
    const confirmed = operation({ isConfirmed: true });
    const outcomes = [
      ["asked"],
      ["spared"],
      ["waived"],
      ["hidden"],
      ["asked", "waived"],
      ["hidden", "asked"],
    ].map((names) =>
      [operation(), confirmed].map((facts) => permissionsOf(roles, ...names).operation(facts)),
    );
    expect(outcomes).toEqual([
      ["ask", "ask"],
      ["never-ask", "allowed"],
      ["never-ask", "never-ask"],
      ["forbidden", "forbidden"],
      ["ask", "ask"],
      ["forbidden", "forbidden"],
    ]);
  });

  test("Of limits of the same kind the highest counts.", () => {
    const roles = "roles:\n  a: {limits: 10/minute}\n  b: {limits: '20/minute, 2 turns'}\n  c: {}\n";
    expect(permissionsOf(roles, "a", "b", "c").limits).toEqual([
      { kind: "requests", amount: 20, unit: "minute" },
      { kind: "turns", amount: 2 },
    ]);
  });

  test("The default model is that of the first role of the file that has one, among those that are allowed.", () => {
    const roles = `roles:
  a: {models: [small*], defaultModel: large}
  b: {models: [medium], defaultModel: medium}
`;
    expect(permissionsOf(roles, "b", "a").defaultModels).toEqual(["medium"]);
    expect(["small-1", "medium", "large"].map(permissionsOf(roles, "a").allowsModel)).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describe("defaults", () => {
  const summary = (permissions: Permissions) => [
    permissions.operation(operation()),
    permissions.allowsModel("small"),
    permissions.allowsProtocol("mcp"),
    permissions.administrates("usage"),
  ];

  test("Without a roles file everything is allowed.", () => {
    expect(summary(createAuthorizer().permissionsOf([]))).toEqual(["allowed", true, true, true]);
  });

  test("Without defaults, a caller without a role may do nothing, and a role without a field allows no operation.", () => {
    const roles = "roles:\n  empty: {}\n  admin: {administrates: [usage]}\n";
    expect(summary(permissionsOf(roles))).toEqual(["forbidden", false, false, false]);
    expect(summary(permissionsOf(roles, "unknown"))).toEqual(["forbidden", false, false, false]);
    expect(summary(permissionsOf(roles, "empty"))).toEqual(["forbidden", true, true, false]);
    expect(summary(permissionsOf(roles, "admin"))).toEqual(["forbidden", true, true, true]);
  });

  test("A caller without a role has the defaults, and a role takes from them what it leaves out.", () => {
    const roles = `defaults:
  allow: [list_*]
  models: [small]
  protocols: [native]
roles:
  all: {allow: ["*"]}
  mcp: {protocols: [mcp]}
`;
    expect(summary(permissionsOf(roles))).toEqual(["allowed", true, false, false]);
    expect(summary(permissionsOf(roles, "mcp"))).toEqual(["allowed", true, true, false]);
    const all = permissionsOf(roles, "all");
    expect(all.operation(operation({ name: "delete_order", operationId: "x" }))).toBe("allowed");
    expect([all.allowsModel("large"), all.allowsProtocol("mcp")]).toEqual([false, false]);
  });
});

describe("createAuthorizer()", () => {
  const roles = readRoles("roles.yaml", "roles:\n  a: {allow: ['*']}\n  b: {allow: ['*']}\n");
  const callerWith = (...names: string[]) => userCaller({ user: "ada", roles: names, method: "jwt" });

  test("Equal roles share one object, in any order, with unknown names.", () => {
    const authorizer = createAuthorizer(roles);
    const permissions = authorizer.permissionsFor(callerWith("a", "b"));
    expect(authorizer.permissionsFor(callerWith("b", "other", "a"))).toBe(permissions);
    expect(authorizer.permissionsFor(callerWith("a")).key).not.toBe(permissions.key);
  });

  test("New roles have new keys, and permissions from before stay.", () => {
    const authorizer = createAuthorizer(roles);
    const before = authorizer.permissionsFor(callerWith("a"));
    authorizer.replace(readRoles("roles.yaml", "roles:\n  a: {deny: ['*']}\n"));
    const after = authorizer.permissionsFor(callerWith("a"));
    expect([before, after].map((permissions) => permissions.operation(operation()))).toEqual([
      "allowed",
      "forbidden",
    ]);
    expect(after.key).not.toBe(before.key);
  });

  test("The user of a terminal has the roles of the setting.", () => {
    expect(createAuthorizer(roles, ["a"]).permissionsFor(TERMINAL).operation(operation())).toBe("allowed");
    expect(createAuthorizer(roles).permissionsFor(TERMINAL).operation(operation())).toBe("forbidden");
  });
});
