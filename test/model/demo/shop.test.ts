import { expect, test } from "bun:test";
import type { Message, ToolCall } from "../../../src/chat/types.ts";
import { createDemoModel } from "../../../src/model/demo/demo.ts";
import { shopTools } from "./shop-tools.ts";

const common = { id: "m" as Message["id"], at: "2026-07-15T09:30:00.000Z" };
const usage = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 };

/** Plays a conversation with a fresh shop; per question the calls of each round, then the answer's first line. */
async function talk(...questions: readonly string[]): Promise<unknown[][]> {
  const { tools, run } = shopTools();
  const model = createDemoModel({ pauseMs: 0 });
  const messages: Message[] = [];
  const seen: unknown[][] = [];
  for (const text of questions) {
    messages.push({ role: "user", ...common, text });
    const turn: unknown[] = [];
    for (let calls: ToolCall[] | undefined; calls?.length !== 0; ) {
      calls = [];
      let answer = "";
      const request = { model: "demo", system: "", messages, tools, maxTokens: 4096 };
      for await (const event of model.stream(request, new AbortController().signal)) {
        if (event.type === "call") calls.push(event.call);
        if (event.type === "text") answer += event.text;
      }
      const asked = calls.map((call) => ({ type: "call" as const, call }));
      const parts = answer === "" ? asked : [{ type: "text" as const, text: answer }, ...asked];
      messages.push({ role: "assistant", ...common, parts, model: "demo", usage });
      if (calls.length > 0) {
        turn.push(...calls.map((call) => [call.name, call.arguments]));
        messages.push({ role: "results", ...common, results: await Promise.all(calls.map(run)) });
      } else turn.push(answer.split("\n")[0]);
    }
    seen.push(turn);
  }
  return seen;
}

test("the shop answers questions about its products, customers and orders", async () => {
  expect(
    await talk(
      "list the products under 50 dollars",
      "what products do you have in the category kitchen?",
      "products between 20 and 30 dollars that are out of stock",
      "what is the cheapest product?",
      "how many customers are there?",
      "orders of customer 12 that are cancelled",
      "show me customer 7's tickets",
      "order 9",
      "sales report for 2099-01",
    ),
  ).toEqual([
    [["listProducts", { maxPrice: 50 }], "There are 23 products (maxPrice 50), here are the first 10:"],
    [["listProducts", { category: "kitchen" }], "There are 7 products (category kitchen):"],
    [
      ["listProducts", { minPrice: 20, maxPrice: 30, inStock: false }],
      "There is 1 product (minPrice 20, maxPrice 30, inStock false):",
    ],
    [["listProducts", { sort: "price" }], "There are 36 products (sort price), here are the first 10:"],
    [["listCustomers", {}], "There are 24 customers, here are the first 10:"],
    [
      ["listCustomerOrders", { customerId: 12, status: "cancelled" }],
      "There are 2 orders (customerId 12, status cancelled):",
    ],
    [["listTickets", { customerId: 7 }], "There is 1 ticket (customerId 7):"],
    [["getOrder", { orderId: 9 }], "`getOrder` (orderId 9) failed: There is no order 9."],
    [
      ["getSalesReport", { month: "2099-01" }],
      "`getSalesReport` (month 2099-01) failed: The sales report of 2099-01 has not been computed yet.",
    ],
  ]);
});

test("the shop is changed when the words ask for it", async () => {
  expect(
    await talk(
      "create a ticket for customer 7 about a late parcel",
      "reply to ticket 513 saying it is on its way",
      "close ticket 513",
      "set the price of product 3 to 20",
      "add a product called Teapot in category kitchen for 20 dollars",
      "delete product 37",
      "ship order 1036",
      "cancel order 1036",
      "create a ticket about a broken mug",
      "7",
    ),
  ).toEqual([
    [
      ["createTicket", { customerId: 7, subject: "late parcel" }],
      "Done: `createTicket` (customerId 7, subject late parcel):",
    ],
    [
      ["replyToTicket", { ticketId: 513, message: "it is on its way" }],
      "Done: `replyToTicket` (ticketId 513, message it is on its way):",
    ],
    [["closeTicket", { ticketId: 513 }], "Done: `closeTicket` (ticketId 513):"],
    [["updateProduct", { productId: 3, price: 20 }], "Done: `updateProduct` (productId 3, price 20):"],
    [
      ["createProduct", { name: "Teapot", category: "kitchen", price: 20 }],
      "Done: `createProduct` (name Teapot, category kitchen, price 20):",
    ],
    [["deleteProduct", { productId: 37 }], "Done: `deleteProduct` (productId 37)."],
    [["shipOrder", { orderId: 1036 }], "Done: `shipOrder` (orderId 1036):"],
    [
      ["cancelOrder", { orderId: 1036 }],
      "`cancelOrder` (orderId 1036) failed: Order 1036 is shipped; only pending orders can be cancelled.",
    ],
    ["For `createTicket` I still need **customerId** (The customer who asks). What is it?"],
    [
      ["createTicket", { subject: "broken mug", customerId: 7 }],
      "Done: `createTicket` (customerId 7, subject broken mug):",
    ],
  ]);
});

test("the shop's records lead on to each other, within a turn and across turns", async () => {
  expect(
    await talk(
      "show me order 1037 and its customer",
      "show order 1037",
      "cancel it",
      "list the open tickets and the gold customers",
    ),
  ).toEqual([
    [
      ["getOrder", { orderId: 1037 }],
      ["getCustomer", { customerId: 5 }],
      "This is what `getOrder` (orderId 1037) found:",
    ],
    [["getOrder", { orderId: 1037 }], "This is what `getOrder` (orderId 1037) found:"],
    [["cancelOrder", { orderId: 1037 }], "Done: `cancelOrder` (orderId 1037):"],
    [
      ["listTickets", { status: "open" }],
      ["listCustomers", { tier: "gold" }],
      "There are 6 tickets (status open):",
    ],
  ]);
});
