import { z } from "zod";
import { paginate, pagingParameters, sortEntries, sortParameter } from "./listing.ts";
import { defineOperation, type ShopOperation } from "./operation.ts";
import { Problem } from "./problem.ts";
import { createTrackingNumber } from "./seed.ts";
import { takeFromStock } from "./stock.ts";
import { CustomerId, type Order, OrderId, OrderItem, OrderStatus, Refund, roundToCents } from "./types.ts";

const note = z.string().max(300).nullable().describe("Delivery note from the customer");
const reason = z.string().min(1).max(300).describe("Reason");

export const NewOrder = z.strictObject({
  customerId: CustomerId,
  items: z
    .array(OrderItem.pick({ productId: true, quantity: true }).strict())
    .min(1)
    .max(50)
    .describe("Ordered products"),
  note: note.optional(),
});
export const OrderChanges = z.strictObject({ note });
export const Cancellation = z.strictObject({ reason: reason.optional() });
export const NewRefund = z.strictObject({
  amount: Refund.shape.amount
    .positive()
    .describe("Amount in US dollars; default: the amount not yet refunded")
    .optional(),
  reason: reason.optional(),
});

const params = z.object({ orderId: OrderId });

export const orderOperations: readonly ShopOperation[] = [
  defineOperation({
    method: "GET",
    path: "/orders",
    operationId: "listOrders",
    tag: "orders",
    summary: "List orders",
    description: "Lists orders of all customers with filters, sorting and paging; newest first by default.",
    query: z.object({
      customerId: CustomerId.describe("Only orders of this customer").optional(),
      status: OrderStatus.optional(),
      minTotal: z.number().min(0).describe("Minimum total in US dollars").optional(),
      maxTotal: z.number().min(0).describe("Maximum total in US dollars").optional(),
      placedAfter: z.iso
        .date()
        .describe("Only orders placed on or after this day")
        .meta({ examples: ["2026-01-31"] })
        .optional(),
      placedBefore: z.iso.date().describe("Only orders placed before this day").optional(),
      sort: sortParameter("placedAt", "total"),
      ...pagingParameters,
    }),
    success: { status: 200, description: "One page of orders", schema: "OrderList" },
    problems: [422],
    handle({ query, url }, shop) {
      const matching = shop.orders
        .all()
        .filter(
          (order) =>
            (query.customerId === undefined || order.customerId === query.customerId) &&
            (query.status === undefined || order.status === query.status) &&
            order.total >= (query.minTotal ?? 0) &&
            order.total <= (query.maxTotal ?? Number.POSITIVE_INFINITY) &&
            order.placedAt >= (query.placedAfter ?? "") &&
            (query.placedBefore === undefined || order.placedAt < query.placedBefore),
        );
      return paginate(sortEntries(matching, query.sort ?? "-placedAt"), query, url);
    },
  }),
  defineOperation({
    method: "POST",
    path: "/orders",
    operationId: "createOrder",
    tag: "orders",
    summary: "Place an order for a customer",
    description: "Reduces the stock of each product; fails with 409 when there is not enough stock.",
    body: { schema: "NewOrder", type: NewOrder },
    success: { status: 201, description: "The new order", schema: "Order" },
    problems: [409, 422],
    handle({ body }, shop) {
      const items = takeFromStock(shop, body);
      const order = shop.orders.add((id) => ({
        id,
        customerId: body.customerId,
        status: "pending",
        total: roundToCents(items.reduce((sum, item) => sum + item.quantity * item.unitPrice, 0)),
        items,
        note: body.note ?? null,
        placedAt: shop.now().toISOString(),
        trackingNumber: null,
        cancelReason: null,
        refunds: [],
      }));
      return { status: 201, body: order, headers: { location: `/orders/${order.id}` } };
    },
  }),
  defineOperation({
    method: "GET",
    path: "/orders/{orderId}",
    operationId: "getOrder",
    tag: "orders",
    summary: "Get one order by number",
    params,
    success: { status: 200, description: "The order with its items", schema: "Order" },
    problems: [404, 422],
    handle: ({ path }, shop) => ({ status: 200, body: shop.orders.get(path.orderId) }),
  }),
  defineOperation({
    method: "PATCH",
    path: "/orders/{orderId}",
    operationId: "updateOrder",
    tag: "orders",
    summary: "Change the note of a pending order",
    params,
    body: { schema: "OrderChanges", type: OrderChanges },
    success: { status: 200, description: "The order after the change", schema: "Order" },
    problems: [404, 409, 422],
    handle({ path, body }, shop) {
      assertStatus(shop.orders.get(path.orderId), ["pending"], "changed");
      return { status: 200, body: shop.orders.update(path.orderId, body) };
    },
  }),
  defineOperation({
    method: "POST",
    path: "/orders/{orderId}/ship",
    operationId: "shipOrder",
    tag: "orders",
    summary: "Ship a pending order",
    params,
    success: { status: 200, description: "The order with its tracking number", schema: "Order" },
    problems: [404, 409, 422],
    handle({ path: { orderId } }, shop) {
      assertStatus(shop.orders.get(orderId), ["pending"], "shipped");
      const shipment = { status: "shipped" as const, trackingNumber: createTrackingNumber(orderId) };
      return { status: 200, body: shop.orders.update(orderId, shipment) };
    },
  }),
  defineOperation({
    method: "POST",
    path: "/orders/{orderId}/cancel",
    operationId: "cancelOrder",
    tag: "orders",
    summary: "Cancel a pending order",
    description: "Returns the items to stock. A shipped order can only be refunded.",
    params,
    body: { schema: "Cancellation", type: Cancellation.default({}), required: false },
    success: { status: 200, description: "The cancelled order", schema: "Order" },
    problems: [404, 409, 422],
    handle({ path: { orderId }, body }, shop) {
      const order = assertStatus(shop.orders.get(orderId), ["pending"], "cancelled");
      for (const { productId, quantity } of order.items) {
        if (!shop.products.has(productId)) continue;
        shop.products.update(productId, { stock: shop.products.get(productId).stock + quantity });
      }
      const changes = { status: "cancelled" as const, cancelReason: body.reason ?? null };
      return { status: 200, body: shop.orders.update(orderId, changes) };
    },
  }),
  defineOperation({
    method: "POST",
    path: "/orders/{orderId}/refunds",
    operationId: "refundOrder",
    tag: "orders",
    summary: "Refund a shipped or delivered order",
    description: "Refunds a part or everything; a fully refunded order gets the status refunded.",
    params,
    body: { schema: "NewRefund", type: NewRefund.default({}), required: false },
    success: { status: 201, description: "The order with all its refunds", schema: "Order" },
    problems: [404, 409, 422],
    handle({ path: { orderId }, body }, shop) {
      const order = assertStatus(shop.orders.get(orderId), ["shipped", "delivered"], "refunded");
      const refundable = roundToCents(
        order.total - order.refunds.reduce((sum, refund) => sum + refund.amount, 0),
      );
      const amount = roundToCents(body.amount ?? refundable);
      if (amount > refundable) {
        const errors = [{ field: "amount", message: `At most ${refundable} dollars can be refunded` }];
        throw new Problem(422, `At most ${refundable} dollars of order ${orderId} can be refunded.`, {
          errors,
        });
      }
      const refund = { amount, reason: body.reason ?? "No reason given", at: shop.now().toISOString() };
      const changes = {
        refunds: [...order.refunds, refund],
        status: amount === refundable ? ("refunded" as const) : order.status,
      };
      return { status: 201, body: shop.orders.update(orderId, changes) };
    },
  }),
];

/**
 * Returns the order if its status is allowed.
 * @throws Problem with status 409 otherwise. `action` names the change in its message.
 */
function assertStatus(order: Order, allowed: readonly Order["status"][], action: string): Order {
  if (allowed.includes(order.status)) return order;
  throw new Problem(
    409,
    `Order ${order.id} is ${order.status}; only ${allowed.join(" and ")} orders can be ${action}.`,
  );
}
