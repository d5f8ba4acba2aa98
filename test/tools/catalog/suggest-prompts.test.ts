import { expect, test } from "bun:test";
import { suggestPrompts } from "../../../src/tools/catalog/suggest-prompts.ts";
import { buildTool, createParameter } from "../fixtures.ts";

const HELP = "What can you help me with?";
const texts = (...operations: Parameters<typeof buildTool>[0][]) =>
  suggestPrompts(operations.map((operation) => buildTool(operation)));

test("lists come first, one of each thing, then whatever else can be read without an argument", () => {
  expect(
    texts(
      { path: "/v1/stock/report", summary: "Get the stock report" },
      { path: "/v1/orders", summary: "List orders." },
      { path: "/v1/orders/late", summary: "List late orders" },
      { path: "/v1/customers", summary: "Lists all customers. With paging." },
      { path: "/v1/regions", summary: "Regions" },
    ),
  ).toEqual(["List orders", "List all customers", "Get the stock report", "List late orders"]);
});

test("questions written for tools that change nothing come before all others", () => {
  const examples = (...texts: unknown[]) => ({ extensions: { "x-specchat": { examples: texts } } });
  expect(
    texts(
      { path: "/orders", summary: "List orders" },
      { method: "POST", path: "/orders", ...examples("Order ten hats") },
      { path: "/orders/{id}", ...examples("Where is order 7?", { id: 7 }) },
    ),
  ).toEqual(["Where is order 7?", "List orders", HELP]);
});

test("nothing that changes something, needs an argument, is deprecated or is about the server itself", () => {
  expect(
    texts(
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
  ).toEqual([HELP]);
});

test.each([
  [{ summary: "Returns pet inventories by status" }, "Show pet inventories by status"],
  [{ summary: "Open invoices of this month" }, "Show open invoices of this month"],
  [{ summary: "API keys" }, "Show API keys"],
  [{ summary: "What is on sale" }, "What is on sale"],
  [{ operationId: "listOpenOrders" }, "List open orders"],
  [{ operationId: "get_all_codes", summary: "x".repeat(90) }, "Get all codes"],
])("%p is asked for as %p", (operation, question) => {
  expect(texts(operation)).toEqual([question, HELP]);
});

test("an operation that says nothing of itself makes no example, and without tools there is none", () => {
  expect(texts({}, { summary: "Orders" })).toEqual([HELP]);
  expect(texts()).toEqual([]);
});
