import { z } from "zod";
import { matchesSearch, paginate, pagingParameters, sortEntries, sortParameter } from "./listing.ts";
import { defineOperation, type ShopOperation } from "./operation.ts";
import { Problem } from "./problem.ts";
import { Category, Product, ProductId } from "./types.ts";

const { name, price, stock, description } = Product.shape;
export const NewProduct = z.strictObject({
  name,
  category: Category,
  price,
  stock: stock.default(0),
  description: description.default(""),
});
export const ProductChanges = z
  .strictObject({ name, category: Category, price, stock, description })
  .partial()
  .describe("Fields to change");

const params = z.object({ productId: ProductId });

export const productOperations: readonly ShopOperation[] = [
  defineOperation({
    method: "GET",
    path: "/products",
    operationId: "listProducts",
    tag: "products",
    summary: "List products",
    description: "Lists products with filters for words, department, price and stock, sorting and paging.",
    query: z.object({
      search: z.string().describe("Words to search for in the name or description").optional(),
      category: Category.optional(),
      minPrice: z.number().min(0).describe("Minimum price in US dollars").optional(),
      maxPrice: z.number().min(0).describe("Maximum price in US dollars").optional(),
      inStock: z.boolean().describe("true: only products in stock; false: only sold-out products").optional(),
      sort: sortParameter("name", "price", "rating", "stock"),
      ...pagingParameters,
    }),
    success: { status: 200, description: "One page of products", schema: "ProductList" },
    problems: [422],
    handle({ query, url }, shop) {
      const { minPrice, maxPrice } = query;
      if (minPrice !== undefined && maxPrice !== undefined && minPrice > maxPrice) {
        const errors = [{ field: "minPrice", message: "Must not exceed maxPrice" }];
        throw new Problem(422, "The price range is empty.", { errors });
      }
      const matching = shop.products
        .all()
        .filter(
          (product) =>
            matchesSearch(query.search, product.name, product.description) &&
            (query.category === undefined || product.category === query.category) &&
            product.price >= (minPrice ?? 0) &&
            product.price <= (maxPrice ?? Number.POSITIVE_INFINITY) &&
            (query.inStock === undefined || product.stock > 0 === query.inStock),
        );
      return paginate(sortEntries(matching, query.sort), query, url);
    },
  }),
  defineOperation({
    method: "POST",
    path: "/products",
    operationId: "createProduct",
    tag: "products",
    summary: "Add a product to the shop",
    body: { schema: "NewProduct", type: NewProduct },
    success: { status: 201, description: "The new product", schema: "Product" },
    problems: [422],
    handle({ body }, shop) {
      const product = shop.products.add((id) => ({ id, ...body, rating: null }));
      return { status: 201, body: product, headers: { location: `/products/${product.id}` } };
    },
  }),
  defineOperation({
    method: "GET",
    path: "/products/{productId}",
    operationId: "getProduct",
    tag: "products",
    summary: "Get one product by number",
    params,
    success: { status: 200, description: "The product", schema: "Product" },
    problems: [404, 422],
    handle: ({ path }, shop) => ({ status: 200, body: shop.products.get(path.productId) }),
  }),
  defineOperation({
    method: "PATCH",
    path: "/products/{productId}",
    operationId: "updateProduct",
    tag: "products",
    summary: "Change fields of a product",
    description: "For example, a new price or the stock after a delivery.",
    params,
    body: { schema: "ProductChanges", type: ProductChanges },
    success: { status: 200, description: "The product after the change", schema: "Product" },
    problems: [404, 422],
    handle: ({ path, body }, shop) => ({ status: 200, body: shop.products.update(path.productId, body) }),
  }),
  defineOperation({
    method: "DELETE",
    path: "/products/{productId}",
    operationId: "deleteProduct",
    tag: "products",
    summary: "Remove a product from the shop",
    description: "Fails with 409 while a pending order contains it.",
    params,
    success: { status: 204, description: "The product was deleted" },
    problems: [404, 409, 422],
    handle({ path: { productId } }, shop) {
      shop.products.get(productId);
      const pendingOrder = shop.orders
        .all()
        .find(
          (order) => order.status === "pending" && order.items.some((item) => item.productId === productId),
        );
      if (pendingOrder)
        throw new Problem(409, `Product ${productId} is part of the pending order ${pendingOrder.id}.`);
      shop.products.remove(productId);
      return { status: 204 };
    },
  }),
];
