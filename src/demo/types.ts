/** The records of the shop as the API sends them. Each schema and its type have the same name. */
import { z } from "zod";

const id = (description: string, example: number) =>
  z
    .int()
    .positive()
    .describe(description)
    .meta({ examples: [example] });
const timestamp = (description: string) => z.iso.datetime().describe(description);
const money = (description: string) => z.number().min(0).describe(`${description} in US dollars`);

export const CustomerId = id("Customer number", 7);
export const ProductId = id("Product number", 12);
export const OrderId = id("Order number", 1003);
export const TicketId = id("Ticket number", 501);

export const CustomerTier = z.enum(["standard", "silver", "gold"]).describe("Loyalty tier");
export const Customer = z.object({
  id: CustomerId,
  name: z
    .string()
    .min(1)
    .max(100)
    .describe("Full name")
    .meta({ examples: ["Ada Fischer"] }),
  email: z
    .email()
    .describe("E-mail address, unique among customers")
    .meta({ examples: ["ada@example.com"] }),
  phone: z.string().max(30).nullable().describe("Telephone number"),
  city: z
    .string()
    .min(1)
    .max(80)
    .describe("City of residence")
    .meta({ examples: ["Lisbon"] }),
  country: z
    .string()
    .length(2)
    .describe("ISO 3166 country code")
    .meta({ examples: ["PT"] }),
  tier: CustomerTier,
  createdAt: timestamp("Time of registration"),
});
export type Customer = z.infer<typeof Customer>;

export const Category = z
  .enum(["kitchen", "living", "garden", "office", "outdoor", "toys"])
  .describe("Department of the shop");
export const Product = z.object({
  id: ProductId,
  name: z
    .string()
    .min(1)
    .max(100)
    .describe("Product name")
    .meta({ examples: ["Cast iron skillet"] }),
  category: Category,
  price: money("Price"),
  stock: z.int().min(0).describe("Units in stock"),
  rating: z.number().min(0).max(5).nullable().describe("Average rating by customers, 0 to 5 stars"),
  description: z.string().max(500).describe("One-sentence description"),
});
export type Product = z.infer<typeof Product>;

export const OrderStatus = z
  .enum(["pending", "shipped", "delivered", "cancelled", "refunded"])
  .describe(
    "pending → shipped → delivered; a pending order can be cancelled; a shipped or delivered order can be refunded",
  );
export const OrderItem = z.object({
  productId: ProductId,
  name: z.string().describe("Product name at the time of the order"),
  quantity: z.int().min(1).describe("Number of units"),
  unitPrice: money("Unit price at the time of the order,"),
});
export const Refund = z.object({
  amount: money("Refunded amount"),
  reason: z.string(),
  at: timestamp("Time of the refund"),
});
export const Order = z.object({
  id: OrderId,
  customerId: CustomerId,
  status: OrderStatus,
  total: money("Total of all items"),
  items: z.array(OrderItem).min(1),
  note: z.string().nullable().describe("Delivery note from the customer"),
  placedAt: timestamp("Time of the order"),
  trackingNumber: z.string().nullable().describe("Tracking number, once shipped"),
  cancelReason: z.string().nullable().describe("Reason for the cancellation"),
  refunds: z.array(Refund),
});
export type Order = z.infer<typeof Order>;

export const TicketStatus = z
  .enum(["open", "waiting", "closed"])
  .describe("open: waits for support; waiting: waits for the customer; closed: done");
export const TicketPriority = z.enum(["low", "normal", "high", "urgent"]).describe("Urgency");
export const TicketReply = z.object({
  author: z.enum(["customer", "support"]).describe("Author"),
  message: z.string().min(1),
  at: timestamp("Time of the reply"),
});
export const Ticket = z.object({
  id: TicketId,
  customerId: CustomerId,
  orderId: OrderId.nullable().describe("Related order, if any"),
  subject: z
    .string()
    .min(1)
    .max(120)
    .describe("Short summary")
    .meta({ examples: ["Parcel is late"] }),
  message: z.string().max(2000).describe("Message from the customer"),
  status: TicketStatus,
  priority: TicketPriority,
  createdAt: timestamp("Time when the ticket was opened"),
  replies: z.array(TicketReply),
});
export type Ticket = z.infer<typeof Ticket>;

export const SalesReport = z.object({
  month: z.string().describe("Month as YYYY-MM"),
  orders: z.int().describe("Orders placed in the month, excluding cancelled ones"),
  revenue: money("Revenue after refunds,"),
  averageOrder: money("Average order value"),
  bestSellers: z.array(z.object({ productId: ProductId, name: z.string(), pieces: z.int() })),
});
export type SalesReport = z.infer<typeof SalesReport>;

/** Rounds to cents, because sums of floating-point dollars are not exact. */
export function roundToCents(amount: number): number {
  return Math.round(amount * 100) / 100;
}
