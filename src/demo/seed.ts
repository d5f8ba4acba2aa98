/** What the shop holds when it opens: the same records each time, dated in the days before. */
import { CUSTOMERS, ORDERS, PRODUCTS, TICKETS } from "./records.ts";
import { type Customer, dollars, type Order, type Product, type Ticket } from "./types.ts";

const DAY = 86_400_000;
const MINUTE = 60_000;

/** `days` before `opened`, at a time of day that follows from `salt`. */
function before(opened: Date, days: number, salt: number): string {
  const midnight = Math.floor(opened.getTime() / DAY) * DAY;
  const moment = midnight - days * DAY + (7 * 60 + ((salt * 137) % 720)) * MINUTE;
  return new Date(Math.min(moment, opened.getTime())).toISOString();
}

export function seedCustomers(opened: Date): Customer[] {
  return CUSTOMERS.map(([name, city, country, tier, days, reachable], index) => ({
    id: index + 1,
    name,
    email: `${name.toLowerCase().replace(" ", ".")}@example.com`,
    phone: reachable ? `+00 555 ${String(2101 + index * 137)}` : null,
    city,
    country,
    tier,
    createdAt: before(opened, days, index),
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

export function seedOrders(opened: Date): Order[] {
  return ORDERS.map(([customerId, status, days, ...lines], index) => {
    const items = lines.flatMap(([productId, quantity]) => {
      const product = PRODUCTS[productId - 1];
      return product ? [{ productId, name: product[0], quantity, unitPrice: product[2] }] : [];
    });
    const total = dollars(items.reduce((sum, item) => sum + item.quantity * item.unitPrice, 0));
    const sent = status === "shipped" || status === "delivered" || status === "refunded";
    return {
      id: 1001 + index,
      customerId,
      status,
      total,
      items,
      note: null,
      placedAt: before(opened, days, index),
      trackingNumber: sent ? trackingNumber(1001 + index) : null,
      cancelReason: status === "cancelled" ? "The supplier could not deliver in time" : null,
      refunds:
        status === "refunded"
          ? [{ amount: total, reason: "Returned by the customer", at: before(opened, days - 6, index) }]
          : [],
    };
  });
}

export function seedTickets(opened: Date): Ticket[] {
  return TICKETS.map(([customerId, orderId, subject, status, priority, days, message, answer], index) => ({
    id: 501 + index,
    customerId,
    orderId,
    subject,
    message,
    status,
    priority,
    createdAt: before(opened, days, index),
    replies:
      answer === null ? [] : [{ author: "support", message: answer, at: before(opened, days - 1, index) }],
  }));
}

export function trackingNumber(order: number): string {
  return `SP${order}${(order * 7919) % 10000}`;
}
