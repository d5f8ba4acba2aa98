import { afterAll, expect, test } from "bun:test";
import type { SecurityRequirement, SecurityScheme } from "../../../src/openapi/types.ts";
import {
  applyCredentials,
  findUnmetSecurity,
  selectCredentials,
} from "../../../src/tools/auth/credentials.ts";
import { readCredentials } from "../../../src/tools/auth/static-credentials.ts";
import { createTokenSource } from "../../../src/tools/auth/token-source.ts";
import type { CallerCredentials, Tls } from "../../../src/tools/auth/types.ts";
import { maskRequest } from "../../../src/tools/http/mask.ts";
import type { ToolRequest } from "../../../src/tools/http/types.ts";
import type { Api } from "../../../src/tools/types.ts";
import {
  buildTool,
  buildToolbox,
  createApi,
  createCall,
  createContext,
  createOperation,
  rejectingTokenSource,
} from "../fixtures.ts";

const schemes: Record<string, SecurityScheme> = {
  header: { type: "apiKey", name: "X-Key", in: "header" },
  query: { type: "apiKey", name: "api key", in: "query" },
  cookie: { type: "apiKey", name: "sid", in: "cookie" },
  bearer: { type: "http", scheme: "bearer" },
  basic: { type: "http", scheme: "basic" },
};
const key = (value: string) => ({ type: "apiKey", value }) as const;
const nothing = { signal: new AbortController().signal, dryRun: false };

async function signed(
  security: readonly SecurityRequirement[],
  fields: Partial<Api>,
  caller?: Partial<CallerCredentials>,
  request: Partial<ToolRequest> = {},
) {
  const ofApi = createApi({ securitySchemes: schemes, ...fields });
  const from = caller && { schemes: {}, headers: {}, ...caller };
  const proofs = await rejectingTokenSource(
    selectCredentials(buildTool({ security }, ofApi), from),
    ofApi,
    nothing,
  );
  if (proofs.outcome === "failed") throw new Error(proofs.problem);
  const plain = { method: "GET", url: "http://api.test/v1/x?a=1", headers: {}, body: null, ...request };
  return applyCredentials(plain, ofApi, proofs.credentials, from);
}

const cases = [
  ["header", key("k"), { "X-Key": "k" }, "?a=1"],
  ["query", key("k&="), {}, "?a=1&api%20key=k%26%3D"],
  ["cookie", key("k"), { Cookie: "sid=k" }, "?a=1"],
  ["bearer", { type: "bearer", token: "t" }, { Authorization: "Bearer t" }, "?a=1"],
  ["basic", { type: "basic", username: "ü", password: "p:q" }, { Authorization: "Basic w7w6cDpx" }, "?a=1"],
] as const;
for (const [name, credential, headers, query] of cases) {
  test(`the scheme ${name} is met in its place`, async () => {
    const { request } = await signed([{ [name]: [] }], { credentials: { [name]: credential } });
    expect(request).toEqual({ method: "GET", url: `http://api.test/v1/x${query}`, headers, body: null });
  });
}

test("the first requirement that can be met counts, all its schemes together", async () => {
  const credentials = { header: key("h"), cookie: key("c"), query: key("q") };
  const security: SecurityRequirement[] = [{ bearer: [] }, { header: [], cookie: [] }, { query: [] }];
  const { request, secrets } = await signed(security, { credentials });
  expect(request.headers).toEqual({ "X-Key": "h", Cookie: "sid=c" });
  expect(secrets).toEqual({ headers: ["x-key"], query: [], cookies: ["sid"] });
});

test("an operation that needs nothing gets nothing, and an optional proof is used by who has it", async () => {
  const credentials = { header: key("h") };
  expect((await signed([], { credentials })).request.headers).toEqual({});
  expect((await signed([{}, { header: [] }], { credentials })).request.headers).toEqual({ "X-Key": "h" });
  expect((await signed([{}, { header: [] }], {})).request.headers).toEqual({});
});

test("a caller's own credentials win over those of settings, and over arguments of the same name", async () => {
  const { request } = await signed(
    [{ header: [] }],
    { credentials: { header: key("ours") }, headers: { "X-Tenant": "acme" } },
    { schemes: { header: key("theirs") }, headers: { cookie: "a=2; b=3" } },
    { headers: { "x-key": "guessed", "x-tenant": "other", Cookie: "a=1; c=4" } },
  );
  expect(request.headers).toEqual({ "x-key": "theirs", "x-tenant": "acme", Cookie: "c=4; a=2; b=3" });
});

test("secrets are masked wherever they stand, and nothing else is", async () => {
  const credentials = { query: key("q-secret"), cookie: key("c-secret") };
  const { request, secrets } = await signed(
    [{ query: [], cookie: [] }],
    { credentials, headers: { Authorization: "Bearer t-secret", "X-Other": "o-secret" } },
    undefined,
    { headers: { Accept: "text/plain", Cookie: "lang=en" } },
  );
  expect(maskRequest(request, secrets)).toEqual({
    method: "GET",
    url: "http://api.test/v1/x?a=1&api%20key=***",
    headers: {
      Accept: "text/plain",
      Cookie: "lang=en; sid=***",
      Authorization: "Bearer ***",
      "X-Other": "***",
    },
    body: null,
  });
});

test("operations whose security nobody can meet are named", () => {
  const of = (fields: Partial<Api>) =>
    findUnmetSecurity(
      buildTool(
        { security: [{ bearer: [] }, { header: [], cookie: [] }] },
        { securitySchemes: schemes, ...fields },
      ),
    );
  expect(of({})).toBe("bearer, or header and cookie");
  expect(of({ credentials: { bearer: { type: "bearer", token: "t" } } })).toBeUndefined();
  expect(of({ headers: { Authorization: "x" } })).toBeUndefined();
  expect(findUnmetSecurity(buildTool({}))).toBeUndefined();
  const byCertificate = (tls?: Tls) =>
    findUnmetSecurity(
      buildTool({ security: [{ cert: [] }] }, { securitySchemes: { cert: { type: "mutualTLS" } }, tls }),
    );
  expect(byCertificate()).toBe("cert (--api-client-cert)");
  expect(byCertificate({ ca: "PEM" })).toBe("cert (--api-client-cert)");
  expect(byCertificate({ cert: "PEM", key: "PEM" })).toBeUndefined();
});

test("credentials of settings are read by their scheme, and refused without their value", () => {
  const known: Record<string, SecurityScheme> = {
    ...schemes,
    oauth: { type: "oauth2", tokenUrl: "/token", scopes: [] },
  };
  expect(readCredentials(["header: a:b", "bearer: t", "basic: u:p:q", "oauth: id:secret"], known)).toEqual({
    header: { type: "apiKey", value: "a:b" },
    bearer: { type: "bearer", token: "t" },
    basic: { type: "basic", username: "u", password: "p:q" },
    oauth: { type: "client", clientId: "id", clientSecret: "secret" },
  });
  const problem = (line: string) => {
    try {
      return readCredentials([line], known);
    } catch (error) {
      return error instanceof Error ? error.message : "";
    }
  };
  expect(problem("s3cret")).toBe("a credential as SCHEME: VALUE");
  expect(problem("haeder: s3cret")).toBe(
    'the document has no security scheme "haeder"; it has: header, query, cookie, bearer, basic, oauth',
  );
  expect(problem("basic: s3cret")).toBe('"basic" (http) takes the token, or user:password for basic');
});

// OAuth2 client credentials

let clock = 1_000_000;
let fetched: { path: string; authorization: string | null; form: Record<string, string> }[] = [];
let refuseBasic = false;
const issuer: Bun.Server<undefined> = Bun.serve({
  port: 0,
  async fetch(request) {
    const { pathname } = new URL(request.url);
    if (pathname === "/.well-known/openid-configuration")
      return Response.json({ token_endpoint: `${issuer.url.origin}/oidc-token` });
    const authorization = request.headers.get("authorization");
    const form = Object.fromEntries(new URLSearchParams(await request.text()));
    fetched.push({ path: pathname, authorization, form });
    if (pathname === "/endless")
      return new Response(new ReadableStream({ pull: (out) => out.enqueue(new Uint8Array(65_536)) }));
    if (pathname === "/refuses" || (refuseBasic && authorization))
      return Response.json({ error: "invalid_client" }, { status: 401 });
    return Response.json({ access_token: `token-${fetched.length}`, expires_in: 100 });
  },
});
afterAll(() => issuer.stop(true));

const client = { type: "client", clientId: "id", clientSecret: "s:t" } as const;
const basicOfClient = `Basic ${Buffer.from("id:s%3At").toString("base64")}`;

function source() {
  clock = 1_000_000;
  fetched = [];
  refuseBasic = false;
  return createTokenSource({ fetch: (url, init) => fetch(url, init), now: () => clock, timeoutMs: 5000 });
}

function proofFor(scheme: SecurityScheme) {
  return [{ name: "oauth", scheme, credential: client, scopes: ["read"] }];
}
const oauth = proofFor({ type: "oauth2", tokenUrl: "token", scopes: [] });
const issuerApi = createApi({ baseUrl: issuer.url.origin });

test("one token is fetched for many calls, and again shortly before it ends", async () => {
  const tokens = source();
  const token = async () => {
    const got = await tokens(oauth, issuerApi, nothing);
    return got.outcome === "ready" ? got.credentials.map(({ credential }) => credential) : [];
  };
  const bearer = (name: string) => [{ type: "bearer" as const, token: name }];
  expect(await Promise.all([token(), token(), token()])).toEqual([
    bearer("token-1"),
    bearer("token-1"),
    bearer("token-1"),
  ]);
  clock += 79_000;
  expect(await token()).toEqual(bearer("token-1"));
  clock += 2_000;
  expect(await token()).toEqual(bearer("token-2"));
  expect(fetched[0]).toEqual({
    path: "/token",
    authorization: basicOfClient,
    form: { grant_type: "client_credentials", scope: "read" },
  });
  expect(fetched).toHaveLength(2);
});

test("a token that the API no longer takes is fetched anew for the next call", async () => {
  const seen: (string | null)[] = [];
  const revoking = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch(request) {
      const authorization = request.headers.get("authorization");
      seen.push(authorization);
      return new Response("", { status: authorization === "Bearer token-1" ? 401 : 200 });
    },
  });
  const tools = buildToolbox([createOperation({ operationId: "get", security: [{ oauth: ["read"] }] })], {
    tokenSource: source(),
    api: {
      baseUrl: `http://127.0.0.1:${revoking.port}`,
      securitySchemes: { oauth: { type: "oauth2", tokenUrl: `${issuer.url.origin}/token`, scopes: [] } },
      credentials: { oauth: client },
    },
  });
  const statuses: (number | undefined)[] = [];
  for (let round = 0; round < 3; round++)
    statuses.push((await tools.run(createCall("get"), createContext())).httpStatus);
  expect({ statuses, seen }).toEqual({
    statuses: [401, 200, 200],
    seen: ["Bearer token-1", "Bearer token-2", "Bearer token-2"],
  });
  await revoking.stop(true);
});

test("a client that may not name itself by Basic names itself in the body", async () => {
  const tokens = source();
  refuseBasic = true;
  expect(await tokens(oauth, issuerApi, nothing)).toMatchObject({ outcome: "ready" });
  expect(fetched[1]).toEqual({
    path: "/token",
    authorization: null,
    form: { grant_type: "client_credentials", scope: "read", client_id: "id", client_secret: "s:t" },
  });
});

test("OpenID Connect discovery names the endpoint", async () => {
  const tokens = source();
  const oidc = proofFor({
    type: "openIdConnect",
    url: `${issuer.url.origin}/.well-known/openid-configuration`,
  });
  expect(await tokens(oidc, issuerApi, nothing)).toMatchObject({ outcome: "ready" });
  expect(fetched.map(({ path }) => path)).toEqual(["/oidc-token"]);
});

test("a dry run fetches nothing", async () => {
  const tokens = source();
  expect(await tokens(oauth, issuerApi, { ...nothing, dryRun: true })).toEqual({
    outcome: "ready",
    credentials: [
      {
        name: "oauth",
        scheme: oauth[0]?.scheme ?? { type: "mutualTLS" },
        scopes: ["read"],
        credential: { type: "bearer", token: "<token>" },
      },
    ],
  });
  expect(fetched).toEqual([]);
});

test("no token is a failure in plain words, without the secret", async () => {
  const tokens = source();
  const refusing = proofFor({ type: "oauth2", tokenUrl: "/refuses", scopes: [] });
  expect(await tokens(refusing, issuerApi, nothing)).toEqual({
    outcome: "failed",
    problem: `No token for oauth: ${issuer.url.host} answered HTTP 401 (invalid_client).`,
  });
  const endless = proofFor({ type: "oauth2", tokenUrl: "/endless", scopes: [] });
  expect(await tokens(endless, issuerApi, nothing)).toEqual({
    outcome: "failed",
    problem: `No token for oauth: the answer of ${issuer.url.host} is too large.`,
  });
  const gone = proofFor({ type: "oauth2", tokenUrl: "http://127.0.0.1:1/token", scopes: [] });
  expect(await tokens(gone, issuerApi, nothing)).toEqual({
    outcome: "failed",
    problem: "No token for oauth: 127.0.0.1:1 refused the connection or cannot be reached.",
  });
  const stopped = AbortSignal.abort();
  expect(await source()(oauth, issuerApi, { dryRun: false, signal: stopped })).toEqual({
    outcome: "failed",
    problem: "No token for oauth: the call was stopped.",
  });
});
