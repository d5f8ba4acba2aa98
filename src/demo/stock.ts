/** Takes ordered products from stock. */
import { type FieldError, Problem } from "./problem.ts";
import type { ShopState } from "./state.ts";
import type { Order } from "./types.ts";

interface OrderRequest {
  readonly customerId: number;
  readonly items: readonly { readonly productId: number; readonly quantity: number }[];
}

/**
 * Takes the products of an order from stock and returns its items at current prices. The stock changes only when all
 * products are available.
 * @throws Problem with status 422 when a record does not exist, 409 when there is not enough stock.
 */
export function takeFromStock(shop: ShopState, order: OrderRequest): Order["items"] {
  const errors: FieldError[] = [];
  if (!shop.customers.has(order.customerId)) {
    errors.push({ field: "customerId", message: `There is no customer ${order.customerId}` });
  }
  for (const [index, { productId }] of order.items.entries()) {
    if (shop.products.has(productId)) continue;
    errors.push({ field: `items.${index}.productId`, message: `There is no product ${productId}` });
  }
  if (errors.length > 0) throw new Problem(422, "The order refers to records that do not exist.", { errors });

  const quantities = new Map<number, number>();
  for (const { productId, quantity } of order.items) {
    quantities.set(productId, (quantities.get(productId) ?? 0) + quantity);
  }
  for (const [productId, quantity] of quantities) {
    const { name, stock } = shop.products.get(productId);
    if (quantity > stock) {
      throw new Problem(
        409,
        `Only ${stock} of product ${productId} (${name}) are in stock; the order needs ${quantity}.`,
      );
    }
  }
  for (const [productId, quantity] of quantities) {
    shop.products.update(productId, { stock: shop.products.get(productId).stock - quantity });
  }
  return order.items.map(({ productId, quantity }) => {
    const { name, price } = shop.products.get(productId);
    return { productId, name, quantity, unitPrice: price };
  });
}
