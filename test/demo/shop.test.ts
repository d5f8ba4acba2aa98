import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Validator } from "@seriousme/openapi-schema-validator";
import Ajv, { type ValidateFunction } from "ajv/dist/2020";
import addFormats from "ajv-formats";
import { parameterSchemas } from "../../src/demo/document.ts";
import { OPERATIONS } from "../../src/demo/operations.ts";
import { createShop, type ShopServer, serveShop } from "../../src/demo/shop.ts";

const NOW = new Date("2026-07-15T09:30:00Z");
let shop: ShopServer;
beforeAll(() => {
  shop = serveShop({ now: () => NOW });
});
afterAll(() => shop.stop());

interface Document {
  readonly servers: readonly { readonly url: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>;
  readonly components: Readonly<Record<string, unknown>>;
}
interface OperationObject {
  readonly operationId: string;
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly description?: string;
  }[];
  readonly responses: Readonly<Record<string, unknown>>;
}

const calledOperations = new Set<string>();
const ajv = addFormats(new Ajv({ strict: false }));
const validators = new Map<string, ValidateFunction>();

/** Sends a request over HTTP and validates the response against the document. */
async function send(method: string, target: string, body?: unknown) {
  const response = await fetch(shop.url + target, {
    method,
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
  });
  const text = await response.text();
  const json: unknown = text === "" ? undefined : JSON.parse(text);
  expectDocumented(method, target.split("?")[0] ?? "", response, json);
  return { status: response.status, body: json, headers: response.headers };
}

/** Expects the body to match the schema that the document declares for the status. */
function expectDocumented(method: string, path: string, response: Response, body: unknown): void {
  const document: Document = JSON.parse(shop.document);
  const matching = Object.entries(document.paths).find(
    ([template, item]) =>
      new RegExp(`^${template.replace(/\{\w+\}/g, "[^/]+")}$`).test(path) && item[method.toLowerCase()],
  );
  const operation = matching?.[1][method.toLowerCase()];
  if (!operation) throw new Error(`${method} ${path} is not in the document`);
  calledOperations.add(operation.operationId);
  const pointer = `#/paths/${matching[0].replaceAll("/", "~1")}/${method.toLowerCase()}/responses/${response.status}`;
  const documented = resolve(document, pointer);
  if (body === undefined) {
    expect(documented).not.toHaveProperty("content");
    return;
  }
  const type = (response.headers.get("content-type") ?? "").split(";")[0] ?? "";
  expect(Object.keys(Object(documented).content)).toEqual([type]);
  const validate =
    validators.get(pointer) ??
    ajv.compile({ ...Object(documented).content[type].schema, components: document.components });
  validators.set(pointer, validate);
  validate(body);
  expect(validate.errors ?? []).toEqual([]);
}

function resolve(document: unknown, pointer: string): unknown {
  const value = pointer
    .slice(2)
    .split("/")
    .reduce((parent, key) => Object(parent)[key.replaceAll("~1", "/")], document);
  const reference = Object(value).$ref;
  return typeof reference === "string" ? resolve(document, reference) : value;
}

const ids = (response: { body: unknown }): number[] =>
  Object(response.body).items.map((entry: { id: number }) => entry.id);

describe("the document", () => {
  test("is valid OpenAPI 3.1", async () => {
    const { valid, errors } = await new Validator().validate(JSON.parse(shop.document));
    expect({ valid, errors }).toEqual({ valid: true, errors: undefined });
    expect(JSON.parse(shop.document).openapi).toBe("3.1.0");
  });

  test("lists the URL of the server", () => {
    expect(JSON.parse(shop.document).servers).toEqual([{ url: shop.url }]);
    expect(JSON.parse(createShop().document).servers).toEqual([{ url: "/" }]);
  });

  test("has exactly the operations of the router, with their parameters", () => {
    const document: Document = JSON.parse(shop.document);
    const documented = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, { operationId, parameters = [] }]) => ({
        operation: `${method.toUpperCase()} ${path}`,
        operationId,
        parameters: parameters.map(
          (parameter) => `${parameter.in} ${parameter.name} ${parameter.required ?? false}`,
        ),
      })),
    );
    const routed = OPERATIONS.map((operation) => ({
      operation: `${operation.method} ${operation.path}`,
      operationId: operation.operationId,
      parameters: (["path", "query"] as const).flatMap((location) =>
        parameterSchemas(operation.parameters[location]).map(
          ([name, , required]) => `${location} ${name} ${required && location === "path"}`,
        ),
      ),
    }));
    const byName = (left: { operation: string }, right: { operation: string }) =>
      left.operation.localeCompare(right.operation);
    expect(documented.toSorted(byName)).toEqual(routed.toSorted(byName));
    expect(new Set(documented.map(({ operationId }) => operationId)).size).toBe(documented.length);
  });

  test("describes every parameter, and every path contains its path parameters", () => {
    for (const operation of OPERATIONS) {
      const inPath = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(parameterSchemas(operation.parameters.path).map(([name]) => name)).toEqual(inPath as string[]);
      for (const location of ["path", "query"] as const) {
        for (const [, schema] of parameterSchemas(operation.parameters[location])) {
          expect(schema.description).toBeString();
        }
      }
    }
  });
});

describe("products", () => {
  test("can be filtered, sorted and paged in one request", async () => {
    const response = await send(
      "GET",
      "/products?category=kitchen&inStock=true&maxPrice=64&sort=-price&limit=2&page=2",
    );
    expect(response.body).toMatchObject({ total: 5, page: 2, limit: 2 });
    expect(ids(response)).toEqual([7, 6]);
    expect(response.headers.get("link")).toBe(
      [
        '</products?category=kitchen&inStock=true&maxPrice=64&sort=-price&limit=2&page=1>; rel="first"',
        '</products?category=kitchen&inStock=true&maxPrice=64&sort=-price&limit=2&page=1>; rel="prev"',
        '</products?category=kitchen&inStock=true&maxPrice=64&sort=-price&limit=2&page=3>; rel="next"',
        '</products?category=kitchen&inStock=true&maxPrice=64&sort=-price&limit=2&page=3>; rel="last"',
      ].join(", "),
    );
    expect(ids(await send("GET", "/products?search=lamp"))).toEqual([10, 26]);
    expect(ids(await send("GET", "/products?inStock=false"))).toEqual([3, 13, 20]);
  });

  test("can be added, changed and deleted", async () => {
    const created = await send("POST", "/products", { name: "Teapot", category: "kitchen", price: 25 });
    const teapot = {
      id: 37,
      name: "Teapot",
      category: "kitchen",
      price: 25,
      stock: 0,
      rating: null,
      description: "",
    };
    expect([created.status, created.body, created.headers.get("location")]).toEqual([
      201,
      teapot,
      "/products/37",
    ]);
    const changed = await send("PATCH", "/products/37", { stock: 4 });
    expect([changed.status, changed.body]).toEqual([200, { ...teapot, stock: 4 }]);
    expect((await send("DELETE", "/products/37")).status).toBe(204);
    expect((await send("GET", "/products/37")).status).toBe(404);
    expect(await send("DELETE", "/products/28")).toMatchObject({
      status: 409,
      body: { detail: "Product 28 is part of the pending order 1038." },
    });
  });

  test("reject invalid values with an error for each field", async () => {
    expect((await send("GET", "/products?maxPrice=cheap&limit=0&inStock=maybe")).body).toMatchObject({
      status: 422,
      errors: [{ field: "maxPrice" }, { field: "inStock" }, { field: "limit" }],
    });
    expect((await send("GET", "/products?minPrice=9&maxPrice=5")).status).toBe(422);
    expect((await send("GET", "/products?colour=red")).body).toMatchObject({
      status: 422,
      errors: [{ field: "colour", message: "Unknown parameter" }],
    });
  });
});

describe("customers", () => {
  test("can be found by word, tier and country", async () => {
    expect(ids(await send("GET", "/customers?search=ada"))).toEqual([1]);
    expect(ids(await send("GET", "/customers?tier=gold&country=de"))).toEqual([1, 13]);
    expect(ids(await send("GET", "/customers?sort=-name&limit=1"))).toEqual([24]);
  });

  test("have unique e-mail addresses", async () => {
    const customer = { name: "Zoe Lang", email: "zoe@example.com", city: "Graz", country: "AT" };
    const created = await send("POST", "/customers", customer);
    expect([created.status, created.body]).toEqual([
      201,
      { id: 25, ...customer, phone: null, tier: "standard", createdAt: NOW.toISOString() },
    ]);
    expect((await send("POST", "/customers", customer)).status).toBe(409);
    expect((await send("PATCH", "/customers/1", { email: "ZOE@example.com" })).status).toBe(409);
    expect(
      (await send("PATCH", "/customers/25", { email: "zoe@example.com", city: "Linz" })).body,
    ).toMatchObject({
      city: "Linz",
    });
    expect((await send("POST", "/customers", { name: "", email: "no", nickname: "Z" })).body).toMatchObject({
      status: 422,
      title: "Invalid request",
    });
  });

  test("cannot be deleted while they have open orders", async () => {
    expect((await send("DELETE", "/customers/12")).body).toMatchObject({
      status: 409,
      detail: "Customer 12 still has open orders: 1038.",
    });
    expect((await send("DELETE", "/customers/6")).status).toBe(204);
    expect((await send("GET", "/customers/6")).body).toEqual({
      type: "about:blank",
      title: "Not found",
      status: 404,
      detail: "There is no customer 6.",
    });
  });

  test("have their orders at a path of their own", async () => {
    expect(ids(await send("GET", "/customers/12/orders?status=cancelled"))).toEqual([1005, 1024]);
    expect((await send("GET", "/customers/999/orders")).status).toBe(404);
  });
});

describe("orders", () => {
  const stockOf = async (product: number) => Object((await send("GET", `/products/${product}`)).body).stock;

  test("can be filtered by customer, status, total and day, and are sorted newest first", async () => {
    expect(ids(await send("GET", "/orders?customerId=7"))).toEqual([1031, 1023, 1003]);
    expect(ids(await send("GET", "/orders?status=shipped&minTotal=100&maxTotal=200"))).toEqual([1031]);
    expect(ids(await send("GET", "/orders?placedAfter=2026-07-13&placedBefore=2026-07-14"))).toEqual([
      1037, 1036,
    ]);
  });

  test("reduce the stock, and return it when cancelled", async () => {
    const before = await stockOf(33);
    const items = [
      { productId: 33, quantity: 2 },
      { productId: 34, quantity: 1 },
    ];
    const created = await send("POST", "/orders", { customerId: 7, items });
    expect(created).toMatchObject({ status: 201, body: { id: 1041, status: "pending", total: 105 } });
    expect(await stockOf(33)).toBe(before - 2);
    expect((await send("PATCH", "/orders/1041", { note: "Ring twice" })).body).toMatchObject({
      note: "Ring twice",
    });
    const cancelled = await send("POST", "/orders/1041/cancel", { reason: "Changed my mind" });
    expect(cancelled.body).toMatchObject({ status: "cancelled", cancelReason: "Changed my mind" });
    expect(await stockOf(33)).toBe(before);
  });

  test("are rejected completely when one product is not available", async () => {
    const before = await stockOf(1);
    const items = [
      { productId: 1, quantity: 1 },
      { productId: 36, quantity: 2 },
      { productId: 36, quantity: 2 },
    ];
    expect((await send("POST", "/orders", { customerId: 1, items })).body).toMatchObject({
      status: 409,
      detail: "Only 3 of product 36 (Junior microscope) are in stock; the order needs 4.",
    });
    expect(await stockOf(1)).toBe(before);
    const unknown = { customerId: 999, items: [{ productId: 888, quantity: 1 }] };
    expect((await send("POST", "/orders", unknown)).body).toMatchObject({
      errors: [{ field: "customerId" }, { field: "items.0.productId" }],
    });
    const empty = { customerId: 1, items: [{ productId: 1, quantity: 0 }] };
    expect((await send("POST", "/orders", empty)).body).toMatchObject({
      errors: [{ field: "items.0.quantity" }],
    });
  });

  test("change from pending to shipped to refunded, and never back", async () => {
    expect((await send("GET", "/orders/1039")).body).toMatchObject({ status: "pending" });
    expect((await send("POST", "/orders/1039/refunds", {})).body).toMatchObject({
      detail: "Order 1039 is pending; only shipped and delivered orders can be refunded.",
    });
    expect((await send("POST", "/orders/1039/ship")).body).toMatchObject({
      status: "shipped",
      trackingNumber: expect.stringMatching(/^SP1039/),
    });
    expect((await send("POST", "/orders/1039/cancel")).status).toBe(409);
    expect((await send("POST", "/orders/1039/ship")).status).toBe(409);
    expect((await send("PATCH", "/orders/1039", { note: null })).status).toBe(409);
    const partial = await send("POST", "/orders/1039/refunds", { amount: 4.9, reason: "Torn bag" });
    expect(partial).toMatchObject({ status: 201, body: { status: "shipped", refunds: [{ amount: 4.9 }] } });
    expect((await send("POST", "/orders/1039/refunds", { amount: 100.01 })).body).toMatchObject({
      status: 422,
      errors: [{ field: "amount", message: "At most 100 dollars can be refunded" }],
    });
    expect((await send("POST", "/orders/1039/refunds")).body).toMatchObject({
      status: "refunded",
      refunds: [{ amount: 4.9 }, { amount: 100 }],
    });
  });
});

describe("tickets", () => {
  test("can be opened for a customer, replied to and closed", async () => {
    const created = await send("POST", "/tickets", {
      customerId: 7,
      orderId: 1031,
      subject: "Parcel is late",
    });
    expect(created).toMatchObject({
      status: 201,
      body: { id: 513, status: "open", priority: "normal", replies: [] },
    });
    const replied = await send("POST", "/tickets/513/replies", { message: "On its way" });
    expect(replied).toMatchObject({
      status: 201,
      body: { status: "waiting", replies: [{ author: "support" }] },
    });
    const reopened = await send("POST", "/tickets/513/replies", { message: "Thank you", author: "customer" });
    expect(reopened.body).toMatchObject({ status: "open" });
    expect((await send("PATCH", "/tickets/513", { priority: "high" })).body).toMatchObject({
      priority: "high",
    });
    expect((await send("POST", "/tickets/513/close")).body).toMatchObject({ status: "closed" });
    expect((await send("POST", "/tickets/513/close")).status).toBe(409);
    expect((await send("POST", "/tickets/513/replies", { message: "Hello?" })).status).toBe(409);
    expect((await send("GET", "/tickets/513")).body).toMatchObject({ id: 513, status: "closed" });
  });

  test("can be filtered by status, priority, customer and order", async () => {
    expect(ids(await send("GET", "/tickets?status=open&priority=urgent"))).toEqual([510]);
    expect(ids(await send("GET", "/tickets?customerId=22&orderId=1028"))).toEqual([507]);
    expect(
      (await send("POST", "/tickets", { customerId: 999, orderId: 1, subject: "?" })).body,
    ).toMatchObject({
      errors: [{ field: "customerId" }, { field: "orderId" }],
    });
  });
});

describe("reports", () => {
  test("summarise a month, and are not available for a month in the future", async () => {
    const report = await createShop({ now: () => NOW }).fetch(
      new Request("http://shop/reports/sales?month=2026-06"),
    );
    expect(await report.json()).toEqual({
      month: "2026-06",
      orders: 9,
      revenue: 520.9,
      averageOrder: 57.88,
      bestSellers: [
        { productId: 18, name: "Herb seed collection", pieces: 2 },
        { productId: 9, name: "Linen cushion cover", pieces: 2 },
        { productId: 25, name: "Ergonomic footrest", pieces: 1 },
      ],
    });
    expect((await send("GET", "/reports/sales")).body).toMatchObject({ month: "2026-07" });
    const early = await send("GET", "/reports/sales?month=2026-08");
    expect([early.status, early.headers.get("retry-after")]).toEqual([503, "120"]);
    expect((await send("GET", "/reports/sales?month=July")).status).toBe(422);
  });
});

test("every operation of the document was called over HTTP", () => {
  expect([...calledOperations].toSorted()).toEqual(
    OPERATIONS.map(({ operationId }) => operationId).toSorted(),
  );
});

describe("HTTP", () => {
  const raw = async (target: string, init?: RequestInit) => {
    const response = await fetch(shop.url + target, init);
    return [response.status, Object(await response.json()).detail, response.headers.get("allow")];
  };

  test("rejects unknown paths, methods, media types and malformed bodies with problem details", async () => {
    expect(await raw("/nothing")).toEqual([404, "There is no resource at /nothing.", null]);
    expect(await raw("/orders/1003", { method: "PUT" })).toEqual([
      405,
      "/orders/1003 allows GET, PATCH.",
      "GET, PATCH",
    ]);
    const post = { method: "POST", body: "{" };
    expect(await raw("/tickets", { ...post, headers: { "content-type": "text/plain" } })).toEqual([
      415,
      "The body must be application/json.",
      null,
    ]);
    expect(await raw("/tickets", { ...post, headers: { "content-type": "application/json" } })).toEqual([
      400,
      "The body is not valid JSON.",
      null,
    ]);
    expect(await raw("/orders/%E0%A4%A")).toEqual([400, "The path is not validly percent-encoded.", null]);
    expect(await raw("/orders/..%2Fproducts")).toEqual([422, "The request has invalid fields.", null]);
  });

  test("answers HEAD like GET, without a body", async () => {
    const response = await fetch(`${shop.url}/products/1`, { method: "HEAD" });
    expect([response.status, await response.text()]).toEqual([200, ""]);
  });
});

test("two shops share no state and start with the same records", async () => {
  const [first, second] = [createShop({ now: () => NOW }), createShop({ now: () => NOW })];
  const get = async (target: typeof first, path: string) =>
    (await target.fetch(new Request(`http://shop${path}`))).text();
  for (const path of ["/products", "/customers", "/orders", "/tickets"]) {
    expect(await get(first, path)).toBe(await get(second, path));
  }
  await first.fetch(new Request("http://shop/products/2", { method: "DELETE" }));
  expect(await get(second, "/products/2")).toContain("Chef's knife");
});
