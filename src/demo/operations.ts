import { customerOperations } from "./customers.ts";
import type { ShopOperation } from "./operation.ts";
import { orderOperations } from "./orders.ts";
import { productOperations } from "./products.ts";
import { reportOperations } from "./reports.ts";
import { ticketOperations } from "./tickets.ts";

/** All operations of the shop, in the order of the document. */
export const OPERATIONS: readonly ShopOperation[] = [
  ...productOperations,
  ...customerOperations,
  ...orderOperations,
  ...ticketOperations,
  ...reportOperations,
];
