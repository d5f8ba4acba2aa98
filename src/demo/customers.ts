import { z } from "zod";
import { matchesSearch, paginate, pagingParameters, sortEntries, sortParameter } from "./listing.ts";
import { defineOperation, type ShopOperation } from "./operation.ts";
import { Problem } from "./problem.ts";
import type { ShopState } from "./state.ts";
import { Customer, CustomerId, CustomerTier, OrderStatus } from "./types.ts";

const { name, email, phone, city, country } = Customer.shape;
export const NewCustomer = z.strictObject({
  name,
  email,
  phone: phone.optional(),
  city,
  country,
  tier: CustomerTier.default("standard"),
});
export const CustomerChanges = z
  .strictObject({ name, email, phone, city, country, tier: CustomerTier })
  .partial()
  .describe("Fields to change");

const params = z.object({ customerId: CustomerId });

export const customerOperations: readonly ShopOperation[] = [
  defineOperation({
    method: "GET",
    path: "/customers",
    operationId: "listCustomers",
    tag: "customers",
    summary: "List customers",
    description: "Lists customers with filters, sorting and paging.",
    query: z.object({
      search: z.string().describe("Words to search for in the name, e-mail address or city").optional(),
      tier: CustomerTier.optional(),
      country: country.optional(),
      city: city.optional(),
      sort: sortParameter("name", "createdAt"),
      ...pagingParameters,
    }),
    success: { status: 200, description: "One page of customers", schema: "CustomerList" },
    problems: [422],
    handle({ query, url }, shop) {
      const matching = shop.customers
        .all()
        .filter(
          (customer) =>
            matchesSearch(query.search, customer.name, customer.email, customer.city) &&
            (query.tier === undefined || customer.tier === query.tier) &&
            (query.country === undefined || customer.country === query.country.toUpperCase()) &&
            (query.city === undefined || customer.city.toLowerCase() === query.city.toLowerCase()),
        );
      return paginate(sortEntries(matching, query.sort), query, url);
    },
  }),
  defineOperation({
    method: "POST",
    path: "/customers",
    operationId: "createCustomer",
    tag: "customers",
    summary: "Register a new customer",
    body: { schema: "NewCustomer", type: NewCustomer },
    success: { status: 201, description: "The new customer", schema: "Customer" },
    problems: [409, 422],
    handle({ body }, shop) {
      assertEmailAvailable(shop, body.email);
      const createdAt = shop.now().toISOString();
      const customer = shop.customers.add((id) => ({ id, ...body, phone: body.phone ?? null, createdAt }));
      return { status: 201, body: customer, headers: { location: `/customers/${customer.id}` } };
    },
  }),
  defineOperation({
    method: "GET",
    path: "/customers/{customerId}",
    operationId: "getCustomer",
    tag: "customers",
    summary: "Get one customer by number",
    params,
    success: { status: 200, description: "The customer", schema: "Customer" },
    problems: [404, 422],
    handle: ({ path }, shop) => ({ status: 200, body: shop.customers.get(path.customerId) }),
  }),
  defineOperation({
    method: "PATCH",
    path: "/customers/{customerId}",
    operationId: "updateCustomer",
    tag: "customers",
    summary: "Change fields of a customer",
    params,
    body: { schema: "CustomerChanges", type: CustomerChanges },
    success: { status: 200, description: "The customer after the change", schema: "Customer" },
    problems: [404, 409, 422],
    handle({ path, body }, shop) {
      shop.customers.get(path.customerId);
      if (body.email !== undefined) assertEmailAvailable(shop, body.email, path.customerId);
      return { status: 200, body: shop.customers.update(path.customerId, body) };
    },
  }),
  defineOperation({
    method: "DELETE",
    path: "/customers/{customerId}",
    operationId: "deleteCustomer",
    tag: "customers",
    summary: "Delete a customer",
    description: "Fails with 409 while the customer has pending or shipped orders.",
    params,
    success: { status: 204, description: "The customer was deleted" },
    problems: [404, 409, 422],
    handle({ path: { customerId } }, shop) {
      shop.customers.get(customerId);
      const openOrders = shop.orders
        .all()
        .filter((order) => order.customerId === customerId && /pending|shipped/.test(order.status));
      if (openOrders.length > 0) {
        const numbers = openOrders.map((order) => order.id).join(", ");
        throw new Problem(409, `Customer ${customerId} still has open orders: ${numbers}.`);
      }
      shop.customers.remove(customerId);
      return { status: 204 };
    },
  }),
  defineOperation({
    method: "GET",
    path: "/customers/{customerId}/orders",
    operationId: "listCustomerOrders",
    tag: "customers",
    summary: "List the orders of one customer",
    params,
    query: z.object({ status: OrderStatus.optional(), ...pagingParameters }),
    success: { status: 200, description: "One page of the customer's orders", schema: "OrderList" },
    problems: [404, 422],
    handle({ path: { customerId }, query, url }, shop) {
      shop.customers.get(customerId);
      const matching = shop.orders
        .all()
        .filter(
          (order) =>
            order.customerId === customerId && (query.status === undefined || order.status === query.status),
        );
      return paginate(matching, query, url);
    },
  }),
];

function assertEmailAvailable(shop: ShopState, emailAddress: string, exceptId?: number): void {
  const owner = shop.customers
    .all()
    .find(
      (customer) => customer.email.toLowerCase() === emailAddress.toLowerCase() && customer.id !== exceptId,
    );
  if (owner) throw new Problem(409, `Customer ${owner.id} already uses the e-mail address ${emailAddress}.`);
}
