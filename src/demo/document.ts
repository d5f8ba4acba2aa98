/** Generates the OpenAPI document of the shop from its operations. */
import type { OpenAPIV3_1 } from "openapi-types";
import { z } from "zod";
import { CustomerChanges, NewCustomer } from "./customers.ts";
import type { ShopOperation } from "./operation.ts";
import { Cancellation, NewOrder, NewRefund, OrderChanges } from "./orders.ts";
import { NewProduct, ProductChanges } from "./products.ts";
import { NewReply, NewTicket, TicketChanges } from "./tickets.ts";
import { Customer, Order, Product, SalesReport, Ticket } from "./types.ts";

const REQUESTS = {
  NewProduct,
  ProductChanges,
  NewCustomer,
  CustomerChanges,
  NewOrder,
  OrderChanges,
  Cancellation,
  NewRefund,
  NewTicket,
  TicketChanges,
  NewReply,
};
const RECORDS = { Product, Customer, Order, Ticket };

const PROBLEMS: Readonly<Record<number, readonly [name: string, description: string]>> = {
  404: ["NotFound", "The record does not exist"],
  409: ["Conflict", "The current state of the record does not allow this"],
  422: ["Invalid", "Fields of the request are invalid; `errors` lists them"],
  503: ["Unavailable", "Temporarily unavailable; the Retry-After header gives the delay in seconds"],
};

/**
 * Returns an OpenAPI 3.1 document for the operations, as JSON text.
 * @param url the URL of the API, for `servers`
 */
export function createDocument(operations: readonly ShopOperation[], url: string): string {
  const paths: Record<string, OpenAPIV3_1.PathItemObject> = {};
  for (const operation of operations) {
    paths[operation.path] = {
      ...paths[operation.path],
      [operation.method.toLowerCase()]: describeOperation(operation),
    };
  }
  const document: OpenAPIV3_1.Document = {
    openapi: "3.1.0",
    info: {
      title: "Specchat demo shop",
      version: "1.0.0",
      description: "A small household shop: its products, customers, orders and support tickets.",
    },
    servers: [{ url }],
    tags: [
      { name: "products", description: "Products for sale" },
      { name: "customers", description: "Registered customers" },
      { name: "orders", description: "Orders, from placement to refund" },
      { name: "tickets", description: "Questions and complaints from customers" },
      { name: "reports", description: "Sales figures" },
    ],
    paths,
    components: { schemas: componentSchemas(), responses: problemResponses() },
  };
  return JSON.stringify(document, null, 2);
}

/** Returns the parameters of an object schema. The document describes them, and the router parses their text. */
export function parameterSchemas(
  object: z.ZodObject,
): [name: string, schema: OpenAPIV3_1.SchemaObject, required: boolean][] {
  const { properties = {}, required = [] } = toJsonSchema(object, "input");
  return Object.entries(properties).map(([name, schema]) => [
    name,
    "$ref" in schema ? {} : schema,
    required.includes(name),
  ]);
}

/** Has an inferred return type, because the package types the parameters of 3.1 with the schemas of 3.0. */
function describeOperation(operation: ShopOperation) {
  const { requestBody, success } = operation;
  const parameters = (["path", "query"] as const).flatMap((location) =>
    parameterSchemas(operation.parameters[location]).map(([name, { description, ...schema }, required]) => ({
      name,
      in: location,
      ...(required ? { required } : {}),
      description,
      schema,
    })),
  );
  const problems = operation.problems.map((status) => [
    String(status),
    { $ref: `#/components/responses/${PROBLEMS[status]?.[0]}` },
  ]);
  return {
    operationId: operation.operationId,
    tags: [operation.tag],
    summary: operation.summary,
    ...(operation.description ? { description: operation.description } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(requestBody
      ? {
          requestBody: {
            required: requestBody.required,
            content: jsonContent(createReference(requestBody.schema)),
          },
        }
      : {}),
    responses: {
      [success.status]: {
        description: success.description,
        ...(success.schema ? { content: jsonContent(createReference(success.schema)) } : {}),
      },
      ...Object.fromEntries(problems),
    },
  };
}

function componentSchemas(): Record<string, OpenAPIV3_1.SchemaObject> {
  const count = (description: string) => ({ type: "integer" as const, description });
  const schemas: Record<string, OpenAPIV3_1.SchemaObject> = {};
  for (const [name, type] of Object.entries(RECORDS)) {
    schemas[name] = toJsonSchema(type, "output");
    schemas[`${name}List`] = {
      type: "object",
      required: ["items", "total", "page", "limit"],
      properties: {
        items: { type: "array", items: createReference(name) },
        total: count("Number of entries on all pages"),
        page: count("Number of this page, from 1"),
        limit: count("Maximum number of entries per page"),
      },
    };
  }
  schemas.SalesReport = toJsonSchema(SalesReport, "output");
  for (const [name, type] of Object.entries(REQUESTS)) schemas[name] = toJsonSchema(type, "input");
  const text = { type: "string" as const };
  schemas.Problem = {
    description: "RFC 9457 problem details",
    type: "object",
    required: ["type", "title", "status", "detail"],
    properties: {
      type: text,
      title: text,
      status: { type: "integer" },
      detail: { type: "string", description: "Human-readable explanation" },
      errors: {
        type: "array",
        items: { type: "object", required: ["field", "message"], properties: { field: text, message: text } },
      },
    },
  };
  return schemas;
}

function problemResponses(): Record<string, OpenAPIV3_1.ResponseObject> {
  const content = { "application/problem+json": { schema: createReference("Problem") } };
  return Object.fromEntries(
    Object.values(PROBLEMS).map(([name, description]) => [name, { description, content }]),
  );
}

/** Converts to JSON Schema 2020-12, as OpenAPI 3.1 uses. The two packages have different types for it. */
function toJsonSchema(type: z.ZodType, io: "input" | "output"): OpenAPIV3_1.SchemaObject {
  const { $schema: _, ...schema } = z.toJSONSchema(type, {
    io,
    // Omits what `format` already implies, and the maximum of safe integers: both only cost tokens.
    override({ jsonSchema: generated }) {
      if (generated.format !== undefined) delete generated.pattern;
      if (generated.maximum === Number.MAX_SAFE_INTEGER) delete generated.maximum;
    },
  });
  return schema as OpenAPIV3_1.SchemaObject;
}

function createReference(schema: string): OpenAPIV3_1.ReferenceObject {
  return { $ref: `#/components/schemas/${schema}` };
}

function jsonContent(schema: OpenAPIV3_1.ReferenceObject): OpenAPIV3_1.RequestBodyObject["content"] {
  return { "application/json": { schema } };
}
