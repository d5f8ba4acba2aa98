import { expect, test } from "bun:test";
import type { Message, ToolCall } from "../../../src/chat/types.ts";
import { createDemoModel } from "../../../src/model/demo/demo.ts";
import { createShopTools } from "./shop-tools.ts";

const common = { id: "m" as Message["id"], at: "2026-07-15T09:30:00.000Z" };
const usage = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 };

/**
 * Plays a conversation with a new shop. Returns, per user message, the calls of each round and the first line of the
 * reply.
 */
async function talk(...userMessages: readonly string[]): Promise<unknown[][]> {
  const { tools, run } = createShopTools();
  const model = createDemoModel({ pauseMs: 0 });
  const messages: Message[] = [];
  const seen: unknown[][] = [];
  for (const text of userMessages) {
    messages.push({ role: "user", ...common, text });
    const turn: unknown[] = [];
    for (let calls: ToolCall[] | undefined; calls?.length !== 0; ) {
      calls = [];
      let reply = "";
      const request = { model: "demo", system: "", messages, tools, maxTokens: 4096 };
      for await (const event of model.stream(request, new AbortController().signal)) {
        if (event.type === "call") calls.push(event.call);
        if (event.type === "text") reply += event.text;
      }
      const callParts = calls.map((call) => ({ type: "call" as const, call }));
      const parts = reply === "" ? callParts : [{ type: "text" as const, text: reply }, ...callParts];
      messages.push({ role: "assistant", ...common, parts, model: "demo", usage });
      if (calls.length > 0) {
        turn.push(...calls.map((call) => [call.name, call.arguments]));
        messages.push({ role: "results", ...common, results: await Promise.all(calls.map(run)) });
      } else turn.push(reply.split("\n")[0]);
    }
    seen.push(turn);
  }
  return seen;
}

test("the demo model reads the shop's products, customers and orders", async () => {
  expect(
    await talk(
      "list the products under 50 dollars",
      "what products do you have in the category kitchen?",
      "products between 20 and 30 dollars that are out of stock",
      "how many customers are there?",
      "customers in the city Lisbon",
      "orders of customer 12 that are cancelled",
      "tickets of customer 7",
      "show me order 1003",
      "order 9",
      "sales report for month 2099-01",
    ),
  ).toEqual([
    [["listProducts", { maxPrice: 50 }], "Found 23 products. The first 10 of 23:"],
    [["listProducts", { category: "kitchen" }], "Found 7 products."],
    [["listProducts", { minPrice: 20, maxPrice: 30, inStock: false }], "Found 1 product."],
    [["listCustomers", {}], "Found 24 customers. The first 10 of 24:"],
    [["listCustomers", { city: "Lisbon" }], "Found 1 customer."],
    [["listCustomerOrders", { customerId: 12, status: "cancelled" }], "Found 2 orders."],
    [["listTickets", { customerId: 7 }], "Found 1 ticket."],
    [["getOrder", { orderId: 1003 }], "`getOrder` returned:"],
    [["getOrder", { orderId: 9 }], "`getOrder` failed:"],
    [["getSalesReport", { month: "2099-01" }], "`getSalesReport` failed:"],
  ]);
});

test("the demo model changes the shop on request", async () => {
  expect(
    await talk(
      "create a ticket for customer 7 about a late parcel",
      "reply to ticket 513 saying it is on its way",
      "close ticket 513",
      "set the price of product 3 to 20",
      "add a product called Teapot in category kitchen with price 20",
      "delete product 37",
      "ship order 1036",
      "create a ticket about a broken mug",
    ),
  ).toEqual([
    [["createTicket", { customerId: 7, subject: "late parcel" }], "`createTicket` returned:"],
    [["replyToTicket", { ticketId: 513, message: "it is on its way" }], "`replyToTicket` returned:"],
    [["closeTicket", { ticketId: 513 }], "`closeTicket` returned:"],
    [["updateProduct", { productId: 3, price: 20 }], "`updateProduct` returned:"],
    [["createProduct", { name: "Teapot", category: "kitchen", price: 20 }], "`createProduct` returned:"],
    [["deleteProduct", { productId: 37 }], "`deleteProduct` returned:"],
    [["shipOrder", { orderId: 1036 }], "`shipOrder` returned:"],
    [
      "For `createTicket` I still need **customerId** (Customer who opens the ticket). Please ask again with everything in one sentence.",
    ],
  ]);
});

test("two requests in one message become parallel calls", async () => {
  expect(await talk("list the customers and the open tickets", "show order 1037 and customer 5")).toEqual([
    [["listCustomers", {}], ["listTickets", { status: "open" }], "Found 24 customers. The first 10 of 24:"],
    [["getOrder", { orderId: 1037 }], ["getCustomer", { customerId: 5 }], "`getOrder` returned:"],
  ]);
});
