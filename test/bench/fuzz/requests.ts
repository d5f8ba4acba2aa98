/** Requests with odd methods, paths, queries and headers, written on a bare socket: no server error, an answer in time. */
import fc from "fast-check";
import { loadConfig } from "../../../src/config/load.ts";
import { routes } from "../../../src/server/routes.ts";
import { MODEL } from "../../support/harness.ts";
import { IDS } from "./bodies.ts";
import { oddText } from "./mutation.ts";
import { SEED_BODIES, SEED_MCP, SESSION } from "./seed-bodies.ts";
import { inTime, type Surface } from "./surface.ts";
import { API_KEY, type Target } from "./target.ts";

interface RequestCase {
  /** Method and path. */
  readonly route: string;
  readonly method: string;
  readonly id: string;
  readonly query: readonly (readonly [string, string])[];
  readonly headers: readonly (readonly [string, string])[];
}

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
/** A token whose time is over, with a wrong signature. */
const EXPIRED = `Bearer ${encode({ alg: "HS256" })}.${encode({ sub: "a", aud: "specchat", exp: 1 })}.AAAA`;

/** Header → values that the server understands. */
const HEADERS: Readonly<Record<string, readonly string[]>> = {
  Accept: ["text/html", "application/x-ndjson", "application/json, text/event-stream", "*/*;q=0"],
  "Accept-Encoding": ["gzip", "gzip;q=0", "identity;q=0, *;q=1"],
  "Access-Control-Request-Headers": ["content-type, x-a"],
  "Access-Control-Request-Method": ["POST"],
  Authorization: ["Bearer a.b.c", EXPIRED, `bearer  ${API_KEY} `, "Bearer", "Basic Og==", "Digest realm=a"],
  "Content-Type": [
    "application/json",
    "text/plain",
    "application/json; charset=utf-16",
    "multipart/form-data",
  ],
  Cookie: ["specchat_caller=a", "__Host-specchat_caller=a.b", "a=b; a=c; =", "specchat_caller"],
  Forwarded: ["for=1.2.3.4;proto=https", 'for="[::1]"'],
  "Idempotency-Key": ["k1", '"k2"'],
  "If-None-Match": ["*", 'W/"a", "b"'],
  "Last-Event-ID": ["1", "-1", "99999999999999999999"],
  "MCP-Protocol-Version": ["2025-06-18", "2026-07-28", "1"],
  "MCP-Session-Id": [SESSION],
  "Mcp-Method": ["tools/call"],
  "Mcp-Name": ["listThings"],
  Origin: ["https://elsewhere.test", "null", "http://127.0.0.1"],
  "Sec-WebSocket-Protocol": [`specchat, specchat.bearer.${API_KEY}`, "specchat.bearer.a.b.c, x"],
  Range: ["bytes=0-1", "bytes=5-1"],
  Traceparent: ["00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "00-0-0-0"],
  "User-Agent": ["x"],
  "X-Forwarded-For": ["1.2.3.4", "1.2.3.4, ::1, x", "::ffff:1.2.3.4"],
  "X-Forwarded-Proto": ["https", "ws"],
  "X-API-Key": [API_KEY, "a.b.c", "key"],
  "X-Request-ID": ["r1"],
  "X-Tenant": ["a"],
  "X-User": ["ann", "ann, ben"],
  "X-User-ID": ["ann"],
  "x-amzn-oidc-data": ["a.b.c", EXPIRED],
  "anthropic-version": ["2023-06-01"],
};
const QUERY: Readonly<Record<string, readonly string[]>> = {
  ...{
    session_id: [SESSION],
    user_id: ["ann"],
    userId: ["ann"],
    accumulate: ["false"],
    q: ["approve", "a b"],
  },
  ...{ format: ["json", "md", "markdown"], limit: ["1", "0", "1e9"], offset: ["0", "-1"], cursor: [SESSION] },
  ...{ search: ["a"], token: ["a.b.c"], model: [MODEL], after: [SESSION], last_seq: ["1"] },
};
const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "QUERY"];

export function createRequests(target: Target): Surface<RequestCase> {
  const { config } = loadConfig({ argv: [], environment: {}, readFile: () => undefined });
  const paths = routes.flatMap(({ methods, path }) =>
    Object.keys(methods).map((method) => `${method} ${path(config)}`),
  );
  const fields = (known: Readonly<Record<string, readonly string[]>>) =>
    fc.array(
      fc
        .constantFrom(...Object.entries(known))
        .chain(([name, values]) =>
          fc.tuple(
            fc.oneof({ weight: 9, arbitrary: fc.constant(name) }, { weight: 1, arbitrary: oddText }),
            fc.oneof(fc.constantFrom(...values), oddText),
          ),
        ),
      { maxLength: 4 },
    );
  return {
    name: `requests${target.suffix}`,
    share: 0.075,
    cases: fc.constantFrom(...paths).chain((route) => {
      const [own = "GET"] = route.split(" ");
      return fc.record({
        route: fc.constant(route),
        method: fc.oneof(
          { weight: 8, arbitrary: fc.constant(own) },
          { weight: 1, arbitrary: fc.constantFrom(...METHODS) },
        ),
        id: fc.oneof(fc.constantFrom(...IDS), oddText),
        query: fields(QUERY),
        headers: fields(HEADERS),
      });
    }),
    describe: (one) => writeRequest(one, target),
    async check(one) {
      const { hostname, port } = new URL(target.url);
      const head = await inTime(exchange(hostname, Number(port), writeRequest(one, target)), one.route);
      const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1]);
      if (!(status >= 100)) throw new Error(`no answer of HTTP: ${JSON.stringify(head.slice(0, 200))}`);
      // 505 is the parser's answer to a path that it takes for the end of the line.
      if (status >= 500 && status !== 505) throw new Error(`status ${status}: ${head.slice(0, 500)}`);
      await target.verify();
    },
  };
}

/** A case with a header of its own presents that in place of the client's. */
function writeRequest({ route, method, id, query, headers }: RequestCase, target: Target): string {
  const [seedMethod = "", path = ""] = route.split(" ");
  const pathname = path.replace(/:\w+|\*/g, () => encodePart(id));
  const search = query.map(([name, value]) => `${encodePart(name)}=${encodePart(value)}`).join("&");
  const [seed] = path === "/mcp" ? SEED_MCP : (SEED_BODIES[`${seedMethod} ${path}`] ?? []);
  const body = seed === undefined || method === "GET" || method === "HEAD" ? "" : JSON.stringify(seed);
  const names = new Set(headers.map(([name]) => name.toLowerCase()));
  const own = Object.entries(target.headers).filter(([name]) => !names.has(name.toLowerCase()));
  const lines = [
    `${method} ${pathname}${search && `?${search}`} HTTP/1.1`,
    `Host: ${new URL(target.url).host}`,
    "Connection: close",
    ...(names.has("content-type") || body === "" ? [] : ["Content-Type: application/json"]),
    ...(body === "" ? [] : [`Content-Length: ${Buffer.byteLength(body)}`]),
    ...[...own, ...headers]
      .filter(([name]) => TOKEN.test(name))
      .map(([name, value]) => `${name}: ${toFieldValue(value)}`),
  ];
  return `${lines.join("\r\n")}\r\n\r\n${body}`;
}

/** The characters of a header's name (RFC 9110, 5.6.2). A parser refuses others before the server sees them. */
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;

function toFieldValue(value: string): string {
  return value.replace(/[\r\n\0]/g, " ");
}

/** Encodes what would end the path or the query, and leaves the rest as it is. */
function encodePart(part: string): string {
  return part.toWellFormed().replace(/[\s\0?#&]/g, encodeURIComponent);
}

/** Sends a request on a socket of its own, and resolves to the beginning of the response, which a stream does not end. */
async function exchange(hostname: string, port: number, request: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let received = "";
  const socket = await Bun.connect({
    hostname,
    port,
    socket: {
      data(_, bytes) {
        received += Buffer.from(bytes).toString("latin1");
        if (received.includes("\r\n\r\n")) resolve(received);
      },
      close: () => resolve(received),
      error: (_, error) => reject(error),
    },
  });
  socket.write(request);
  try {
    return await promise;
  } finally {
    socket.end();
  }
}
