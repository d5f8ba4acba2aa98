/** Creates the initial records of the shop: always the same, dated in the days before it opens. */
import { CUSTOMERS, ORDERS, PRODUCTS, TICKETS } from "./records.ts";
import { type Customer, type Order, type Product, roundToCents, type Ticket } from "./types.ts";

const DAY = 86_400_000;
const MINUTE = 60_000;

/** Returns a time `days` before `openedAt`. `salt` determines the time of day. */
function timestampBefore(openedAt: Date, days: number, salt: number): string {
  const midnight = Math.floor(openedAt.getTime() / DAY) * DAY;
  const timestamp = midnight - days * DAY + (7 * 60 + ((salt * 137) % 720)) * MINUTE;
  return new Date(Math.min(timestamp, openedAt.getTime())).toISOString();
}

export function seedCustomers(openedAt: Date): Customer[] {
  return CUSTOMERS.map(([name, city, country, tier, days, hasPhone], index) => ({
    id: index + 1,
    name,
    email: `${name.toLowerCase().replace(" ", ".")}@example.com`,
    phone: hasPhone ? `+00 555 ${String(2101 + index * 137)}` : null,
    city,
    country,
    tier,
    createdAt: timestampBefore(openedAt, days, index),
  }));
}

export function seedProducts(): Product[] {
  return PRODUCTS.map(([name, category, price, stock, rating, description], index) => ({
    id: index + 1,
    name,
    category,
    price,
    stock,
    rating,
    description,
  }));
}

export function seedOrders(openedAt: Date): Order[] {
  return ORDERS.map(([customerId, status, days, ...lines], index) => {
    const items = lines.flatMap(([productId, quantity]) => {
      const product = PRODUCTS[productId - 1];
      return product ? [{ productId, name: product[0], quantity, unitPrice: product[2] }] : [];
    });
    const total = roundToCents(items.reduce((sum, item) => sum + item.quantity * item.unitPrice, 0));
    const isSent = status === "shipped" || status === "delivered" || status === "refunded";
    return {
      id: 1001 + index,
      customerId,
      status,
      total,
      items,
      note: null,
      placedAt: timestampBefore(openedAt, days, index),
      trackingNumber: isSent ? createTrackingNumber(1001 + index) : null,
      cancelReason: status === "cancelled" ? "The supplier could not deliver in time" : null,
      refunds:
        status === "refunded"
          ? [
              {
                amount: total,
                reason: "Returned by the customer",
                at: timestampBefore(openedAt, days - 6, index),
              },
            ]
          : [],
    };
  });
}

export function seedTickets(openedAt: Date): Ticket[] {
  return TICKETS.map(([customerId, orderId, subject, status, priority, days, message, reply], index) => ({
    id: 501 + index,
    customerId,
    orderId,
    subject,
    message,
    status,
    priority,
    createdAt: timestampBefore(openedAt, days, index),
    replies:
      reply === null
        ? []
        : [{ author: "support", message: reply, at: timestampBefore(openedAt, days - 1, index) }],
  }));
}

export function createTrackingNumber(orderId: number): string {
  return `SP${orderId}${(orderId * 7919) % 10000}`;
}
