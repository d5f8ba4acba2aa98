import { z } from "zod";
import { defineOperation, type ShopOperation } from "./operation.ts";
import { Problem } from "./problem.ts";
import type { ShopState } from "./state.ts";
import { type Order, roundToCents, type SalesReport } from "./types.ts";

export const reportOperations: readonly ShopOperation[] = [
  defineOperation({
    method: "GET",
    path: "/reports/sales",
    operationId: "getSalesReport",
    tag: "reports",
    summary: "Get the sales report of one month",
    description: "Returns 503 for a month in the future: its report has not been computed yet.",
    query: z.object({
      month: z
        .string()
        .regex(/^\d{4}-(0[1-9]|1[0-2])$/, "Must be a month such as 2026-01")
        .describe("Month as YYYY-MM; default: the current month")
        .meta({ examples: ["2026-01"] })
        .optional(),
    }),
    success: { status: 200, description: "The report", schema: "SalesReport" },
    problems: [422, 503],
    handle({ query }, shop) {
      const current = shop.now().toISOString().slice(0, 7);
      const month = query.month ?? current;
      if (month > current) {
        const headers = { "retry-after": "120" };
        throw new Problem(503, `The sales report for ${month} has not been computed yet.`, { headers });
      }
      return { status: 200, body: createSalesReport(month, shop) };
    },
  }),
];

function createSalesReport(month: string, shop: ShopState): SalesReport {
  const orders = shop.orders
    .all()
    .filter((order) => order.placedAt.startsWith(month) && order.status !== "cancelled");
  const revenue = roundToCents(orders.reduce((sum, order) => sum + calculateNetTotal(order), 0));
  const sales = new Map<number, { productId: number; name: string; pieces: number }>();
  for (const { productId, name, quantity } of orders.flatMap((order) => order.items)) {
    sales.set(productId, { productId, name, pieces: (sales.get(productId)?.pieces ?? 0) + quantity });
  }
  return {
    month,
    orders: orders.length,
    revenue,
    averageOrder: orders.length > 0 ? roundToCents(revenue / orders.length) : 0,
    bestSellers: [...sales.values()].toSorted((left, right) => right.pieces - left.pieces).slice(0, 3),
  };
}

function calculateNetTotal(order: Order): number {
  return order.total - order.refunds.reduce((sum, refund) => sum + refund.amount, 0);
}
