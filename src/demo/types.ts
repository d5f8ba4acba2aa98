/** The shop's records, as the API sends them; each schema and its type share one name. */
import { z } from "zod";

const id = (recordName: string, example: number) =>
  z
    .int()
    .positive()
    .describe(`Number of the ${recordName}`)
    .meta({ examples: [example] });
const timestamp = (what: string) => z.iso.datetime().describe(what);
const money = (what: string) => z.number().min(0).describe(`${what}, in US dollars`);

export const CustomerId = id("customer", 7);
export const ProductId = id("product", 12);
export const OrderId = id("order", 1003);
export const TicketId = id("ticket", 501);

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
  createdAt: timestamp("When the customer registered"),
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
    .describe("What it is called")
    .meta({ examples: ["Cast iron skillet"] }),
  category: Category,
  price: money("Price"),
  stock: z.int().min(0).describe("Pieces in stock"),
  rating: z.number().min(0).max(5).nullable().describe("Average rating by customers, 0 to 5 stars"),
  description: z.string().max(500).describe("One sentence about it"),
});
export type Product = z.infer<typeof Product>;

export const OrderStatus = z
  .enum(["pending", "shipped", "delivered", "cancelled", "refunded"])
  .describe("pending → shipped → delivered; a pending order can be cancelled, a sent one refunded");
export const OrderItem = z.object({
  productId: ProductId,
  name: z.string().describe("Name of the product when it was ordered"),
  quantity: z.int().min(1).describe("Pieces"),
  unitPrice: money("Price of one piece when it was ordered"),
});
export const Refund = z.object({
  amount: money("Amount given back"),
  reason: z.string(),
  at: timestamp("When it was given back"),
});
export const Order = z.object({
  id: OrderId,
  customerId: CustomerId,
  status: OrderStatus,
  total: money("Sum of all items"),
  items: z.array(OrderItem).min(1),
  note: z.string().nullable().describe("Note of the customer for the delivery"),
  placedAt: timestamp("When the order was placed"),
  trackingNumber: z.string().nullable().describe("Number of the parcel, once shipped"),
  cancelReason: z.string().nullable().describe("Why it was cancelled"),
  refunds: z.array(Refund),
});
export type Order = z.infer<typeof Order>;

export const TicketStatus = z.enum(["open", "waiting", "closed"]).describe("Who acts next, if anybody");
export const TicketPriority = z
  .enum(["low", "normal", "high", "urgent"])
  .describe("How soon it needs an answer");
export const TicketReply = z.object({
  author: z.enum(["customer", "support"]).describe("Who wrote it"),
  message: z.string().min(1),
  at: timestamp("When it was written"),
});
export const Ticket = z.object({
  id: TicketId,
  customerId: CustomerId,
  orderId: OrderId.nullable().describe("The order it is about, if any"),
  subject: z
    .string()
    .min(1)
    .max(120)
    .describe("In a few words")
    .meta({ examples: ["Parcel is late"] }),
  message: z.string().max(2000).describe("What the customer wrote"),
  status: TicketStatus,
  priority: TicketPriority,
  createdAt: timestamp("When it was opened"),
  replies: z.array(TicketReply),
});
export type Ticket = z.infer<typeof Ticket>;

export const SalesReport = z.object({
  month: z.string().describe("The month, YYYY-MM"),
  orders: z.int().describe("Orders placed in the month, without cancelled ones"),
  revenue: money("What they brought, less refunds"),
  averageOrder: money("Average order"),
  bestSellers: z.array(z.object({ productId: ProductId, name: z.string(), pieces: z.int() })),
});
export type SalesReport = z.infer<typeof SalesReport>;

/** Cents are exact; sums of dollar floats are not. */
export function roundToCents(amount: number): number {
  return Math.round(amount * 100) / 100;
}
