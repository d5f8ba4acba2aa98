import { parameterSchemas } from "./document.ts";
import type { RawInput, ShopOperation, ShopResponse } from "./operation.ts";
import { Problem } from "./problem.ts";
import type { ShopState } from "./state.ts";

interface Route {
  readonly operation: ShopOperation;
  readonly pattern: RegExp;
  readonly path: ParameterTypes;
  readonly query: ParameterTypes;
}

/** JSON Schema types by parameter name. */
type ParameterTypes = ReadonlyMap<string, unknown>;

/** Creates a handler that finds the operation of a request, parses its input and runs it. */
export function createRouter(
  operations: readonly ShopOperation[],
  shop: ShopState,
): (request: Request) => Promise<Response> {
  const routes = operations.map(
    (operation): Route => ({
      operation,
      pattern: new RegExp(`^${operation.path.replace(/\{(\w+)\}/g, "(?<$1>[^/]+)")}/?$`),
      path: readParameterTypes(operation, "path"),
      query: readParameterTypes(operation, "query"),
    }),
  );
  return async (request) => {
    try {
      const url = new URL(request.url);
      const route = findRoute(routes, request.method, url.pathname);
      const response = route.operation.run(await readInput(route, request, url), shop);
      return toResponse(response);
    } catch (error) {
      if (error instanceof Problem) return error.toResponse();
      throw error;
    }
  };
}

function findRoute(routes: readonly Route[], method: string, pathname: string): Route {
  const matching = routes.filter((route) => route.pattern.test(pathname));
  const routeMethod = method === "HEAD" ? "GET" : method;
  const route = matching.find(({ operation }) => operation.method === routeMethod);
  if (route) return route;
  if (matching.length === 0) throw new Problem(404, `There is no resource at ${pathname}.`);
  const allow = matching.map(({ operation }) => operation.method).join(", ");
  throw new Problem(405, `${pathname} allows ${allow}.`, { headers: { allow } });
}

async function readInput(route: Route, request: Request, url: URL): Promise<RawInput> {
  const query: Record<string, unknown> = {};
  const unknown: string[] = [];
  for (const [name, text] of url.searchParams) {
    if (route.query.has(name)) query[name] = coerceValue(text, route.query.get(name));
    else unknown.push(name);
  }
  if (unknown.length > 0) {
    const errors = unknown.map((field) => ({ field, message: "Unknown parameter" }));
    throw new Problem(422, "The request has unknown parameters.", { errors });
  }
  const segments = Object.entries(route.pattern.exec(url.pathname)?.groups ?? {});
  const path = Object.fromEntries(
    segments.map(([name, text]) => [name, coerceValue(decodeSegment(text), route.path.get(name))]),
  );
  return { path, query, body: await readBody(route, request), url };
}

async function readBody(route: Route, request: Request): Promise<unknown> {
  if (!route.operation.requestBody) return undefined;
  const text = await request.text();
  if (text === "") return undefined;
  if (!/^application\/(.+\+)?json\b/i.test(request.headers.get("content-type") ?? "")) {
    throw new Problem(415, "The body must be application/json.");
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new Problem(400, "The body is not valid JSON.");
  }
}

function toResponse({ status, body, headers = {} }: ShopResponse): Response {
  if (body === undefined) return new Response(null, { status, headers });
  return Response.json(body, { status, headers });
}

function readParameterTypes(operation: ShopOperation, location: "path" | "query"): ParameterTypes {
  return new Map(
    parameterSchemas(operation.parameters[location]).map(([name, schema]) => [name, schema.type]),
  );
}

/** Converts a text to the declared type. A text that does not match stays unchanged and fails validation. */
function coerceValue(text: string, type: unknown): unknown {
  if ((type === "number" || type === "integer") && /^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  if (type === "boolean" && (text === "true" || text === "false")) return text === "true";
  return text;
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new Problem(400, "The path is not validly percent-encoded.");
  }
}
