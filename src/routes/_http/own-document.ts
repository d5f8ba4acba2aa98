/** Describes specchat's own HTTP API as an OpenAPI document, made from the table of routes. */
import type { Config } from "../../config/settings.ts";
import type { Method, Route } from "./types.ts";

/** Methods whose requests have a body. */
const BODY_METHODS: readonly string[] = ["POST", "PUT", "PATCH"];

/** Returns an OpenAPI 3.1 document of the enabled routes. WebSockets and the files of the page are left out. */
export function createOwnDocument(routes: readonly Route[], config: Config, version: string) {
  const described = routes.filter(
    (route) =>
      (route.enabled?.(config) ?? true) &&
      route.endpoint?.method !== "WebSocket" &&
      !route.path(config).endsWith("/*"),
  );
  const paths = Object.fromEntries(
    described.map((route) => {
      const path = route.path(config).replace(/:(\w+)/g, "{$1}");
      const operations = (Object.keys(route.methods) as Method[]).map(
        (method) => [method.toLowerCase(), describeOperation(method, path, route)] as const,
      );
      return [path, Object.fromEntries(operations)] as const;
    }),
  );
  return {
    openapi: "3.1.0",
    info: {
      title: "specchat",
      version,
      description: "The HTTP API of this chat server. /docs lists it as text.",
    },
    paths,
  };
}

function describeOperation(method: Method, path: string, { endpoint }: Route) {
  const parameters = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
  return {
    operationId: `${method.toLowerCase()}${path.replace(/[^A-Za-z0-9]+(.)?/g, (_, next = "") => next.toUpperCase())}`,
    ...(endpoint && { tags: [endpoint.name] }),
    ...(parameters.length > 0 && { parameters }),
    ...(BODY_METHODS.includes(method) && {
      requestBody: { content: { "application/json": { schema: { type: "object" } } } },
    }),
    responses: { default: { description: "The response, or an error with its detail" } },
  };
}
