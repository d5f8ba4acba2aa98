import { parameterSchemas } from "./document.ts";
import type { Answer, RawInput, ShopOperation } from "./operation.ts";
import { Problem } from "./problem.ts";
import type { ShopState } from "./state.ts";

interface Route {
  readonly operation: ShopOperation;
  readonly pattern: RegExp;
  readonly path: Types;
  readonly query: Types;
}

/** Parameter name → JSON Schema type. */
type Types = ReadonlyMap<string, unknown>;

/** Finds the operation a request asks for, reads its input and runs it; every refusal becomes problem details. */
export function createRouter(
  operations: readonly ShopOperation[],
  shop: ShopState,
): (request: Request) => Promise<Response> {
  const routes = operations.map(
    (operation): Route => ({
      operation,
      pattern: new RegExp(`^${operation.path.replace(/\{(\w+)\}/g, "(?<$1>[^/]+)")}/?$`),
      path: types(operation, "path"),
      query: types(operation, "query"),
    }),
  );
  return async (request) => {
    try {
      const url = new URL(request.url);
      const route = find(routes, request.method, url.pathname);
      const answer = route.operation.run(await readInput(route, request, url), shop);
      return respond(answer);
    } catch (error) {
      if (error instanceof Problem) return error.toResponse();
      throw error;
    }
  };
}

function find(routes: readonly Route[], method: string, pathname: string): Route {
  const here = routes.filter((route) => route.pattern.test(pathname));
  const wanted = method === "HEAD" ? "GET" : method;
  const route = here.find(({ operation }) => operation.method === wanted);
  if (route) return route;
  if (here.length === 0) throw new Problem(404, `There is nothing at ${pathname}.`);
  const allow = here.map(({ operation }) => operation.method).join(", ");
  throw new Problem(405, `${pathname} allows ${allow}.`, { headers: { allow } });
}

async function readInput(route: Route, request: Request, url: URL): Promise<RawInput> {
  const query: Record<string, unknown> = {};
  const unknown: string[] = [];
  for (const [name, text] of url.searchParams) {
    if (route.query.has(name)) query[name] = typed(text, route.query.get(name));
    else unknown.push(name);
  }
  if (unknown.length > 0) {
    const errors = unknown.map((field) => ({ field, message: "There is no such parameter" }));
    throw new Problem(422, "The request has unknown parameters.", { errors });
  }
  const segments = Object.entries(route.pattern.exec(url.pathname)?.groups ?? {});
  const path = Object.fromEntries(
    segments.map(([name, text]) => [name, typed(decoded(text), route.path.get(name))]),
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
    throw new Problem(400, "The body is no valid JSON.");
  }
}

function respond({ status, body, headers = {} }: Answer): Response {
  if (body === undefined) return new Response(null, { status, headers });
  return Response.json(body, { status, headers });
}

function types(operation: ShopOperation, place: "path" | "query"): Types {
  return new Map(parameterSchemas(operation.parameters[place]).map(([name, schema]) => [name, schema.type]));
}

/** A text that is not of the type stays as it is: validation then names the field. */
function typed(text: string, type: unknown): unknown {
  if ((type === "number" || type === "integer") && /^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  if (type === "boolean" && (text === "true" || text === "false")) return text === "true";
  return text;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new Problem(400, "The path is not validly percent-encoded.");
  }
}
