import { expect, test } from "bun:test";
import { suggestPrompts } from "../../../src/tools/catalog/suggest-prompts.ts";
import { buildTool, createParameter } from "../fixtures.ts";

const FALLBACK = "What can you help me with?";
const suggest = (...operations: Parameters<typeof buildTool>[0][]) =>
  suggestPrompts(operations.map((operation) => buildTool(operation)));

test("`suggestPrompts()` begins with one list of each resource, then adds other reads without arguments", () => {
  expect(
    suggest(
      { path: "/v1/stock/report", summary: "Get the stock report" },
      { path: "/v1/orders", summary: "List orders." },
      { path: "/v1/orders/late", summary: "List late orders" },
      { path: "/v1/customers", summary: "Lists all customers. With paging." },
      { path: "/v1/regions", summary: "Regions" },
    ),
  ).toEqual(["List orders", "List all customers", "Get the stock report", "List late orders"]);
});

test("`suggestPrompts()` begins with the examples of read-only tools", () => {
  const examples = (...texts: unknown[]) => ({ extensions: { "x-specchat": { examples: texts } } });
  expect(
    suggest(
      { path: "/orders", summary: "List orders" },
      { method: "POST", path: "/orders", ...examples("Order ten hats") },
      { path: "/orders/{id}", ...examples("Where is order 7?", { id: 7 }) },
    ),
  ).toEqual(["Where is order 7?", "List orders", FALLBACK]);
});

test("`suggestPrompts()` skips writes, required arguments, deprecated operations and operational endpoints", () => {
  expect(
    suggest(
      { method: "POST", path: "/orders", summary: "List orders" },
      {
        path: "/orders/{id}",
        summary: "List one order",
        parameters: [createParameter({ name: "id", in: "path" })],
      },
      {
        path: "/search",
        summary: "Search for orders",
        parameters: [createParameter({ name: "q", in: "query", required: true })],
      },
      { path: "/old", summary: "List old orders", deprecated: true },
      { path: "/health", summary: "Get the health" },
      { path: "/user/login", summary: "Logs user into the system" },
    ),
  ).toEqual([FALLBACK]);
});

test.each([
  [{ summary: "Returns pet inventories by status" }, "Show pet inventories by status"],
  [{ summary: "Open invoices of this month" }, "Show open invoices of this month"],
  [{ summary: "API keys" }, "Show API keys"],
  [{ summary: "What is on sale" }, "What is on sale"],
  [{ operationId: "listOpenOrders" }, "List open orders"],
  [{ operationId: "get_all_codes", summary: "x".repeat(90) }, "Get all codes"],
])("`suggestPrompts()` phrases %p as %p", (operation, prompt) => {
  expect(suggest(operation)).toEqual([prompt, FALLBACK]);
});

test("`suggestPrompts()` skips undescribed operations and returns nothing without tools", () => {
  expect(suggest({}, { summary: "Orders" })).toEqual([FALLBACK]);
  expect(suggest()).toEqual([]);
});
