import { expect, test } from "bun:test";
import type { Link } from "../../../src/openapi/types.ts";
import { createLinkDescriber } from "../../../src/tools/catalog/describe-links.ts";
import { createOperation } from "../fixtures.ts";

const api = { name: "" };
const link = (operationId: string, values: Link["values"] = []): Link => ({
  operationId,
  endpoint: undefined,
  values,
});

function describe(links: readonly Link[]): string {
  const source = createOperation({ responses: [{ status: "201", description: "", links }] });
  const target = createOperation({ operationId: "get-order", method: "GET", path: "/orders/{id}" });
  const named = [
    { api, operation: source, name: "add" },
    { api, operation: target, name: "get_order" },
  ];
  return createLinkDescriber(named)({ api, operation: source, name: "add" });
}

test("a link has the name of the tool and the expressions of its arguments", () => {
  expect(describe([link("get-order", [["id", "$response.body#/id"]])])).toBe(
    "Leads to get_order (id = $response.body#/id).",
  );
  const endpoint = { method: "GET", path: "/orders/{id}" };
  expect(describe([{ operationId: undefined, endpoint, values: [] }])).toBe("Leads to get_order.");
});

test("a link to an operation that is no tool, a repeated link and a very long one are left out", () => {
  expect(describe([link("missing")])).toBe("");
  expect(describe([link("get-order"), link("get-order")])).toBe("Leads to get_order.");
  expect(describe([link("get-order", [["id", "x".repeat(600)]])])).toBe("");
});
