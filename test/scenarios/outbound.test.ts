/** Requests that leave the process reach only addresses that were checked: documents, calls, redirects, tokens and MCP servers. */
import { afterEach, beforeEach, expect, test } from "bun:test";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createMcpHandler, Server } from "@modelcontextprotocol/server";
import { generateKeyPair, SignJWT } from "jose";
import { AddressGuard, type Lookup } from "../../src/app/address-guard.ts";
import { createFetch } from "../../src/app/fetch.ts";
import { type Specchat, startSpecchat, testPorts } from "../support/harness.ts";
import {
  createScriptedModel,
  replyWithCalls,
  replyWithText,
  type ScriptedModel,
} from "../support/scripted-model.ts";

const METADATA = "169.254.169.254";
const REFUSED = "link-local address or that of a metadata service";

let hosts: Record<string, readonly string[]>;
let lookups: string[];
let requests: string[];
let document: object;
/** Answers a request to the API; undefined answers with a JSON object. */
let respond: (path: string) => Response | undefined;
let server: ReturnType<typeof Bun.serve>;
let model: ScriptedModel;
let specchat: Specchat | undefined;

beforeEach(() => {
  hosts = { "docs.test": ["127.0.0.1"], "api.test": ["127.0.0.1"] };
  [lookups, requests] = [[], []];
  document = describeOrders();
  respond = () => undefined;
  server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const { pathname } = new URL(request.url);
      if (pathname === "/openapi.json") return Response.json(document);
      const { headers, method } = request;
      requests.push(`${method} ${headers.get("host")}${pathname} ${headers.get("x-key") ?? ""}`.trim());
      return respond(pathname) ?? Response.json({ ok: true });
    },
  });
});

afterEach(async () => {
  await specchat?.stop();
  specchat = undefined;
  await server.stop(true);
});

const lookup: Lookup = async (host) => {
  lookups.push(host);
  const addresses = hosts[host];
  if (addresses) return addresses;
  throw Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: "ENOTFOUND" });
};

const at = (host: string) => `${host}:${server.port}`;

function describeOrders(operation: object = {}, more: object = {}) {
  return {
    openapi: "3.1.0",
    info: { title: "Shop", version: "1" },
    paths: { "/orders": { get: { operationId: "listOrders", responses: {}, ...operation } } },
    ...more,
  };
}

async function start(...argv: string[]): Promise<Specchat> {
  const allowHosts = argv.flatMap((text, index) => (argv[index - 1] === "--allow-hosts" ? [text] : []));
  const send = createFetch({ lookup, allowHosts });
  model = createScriptedModel(({ messages, tools }) =>
    messages.at(-1)?.role === "user"
      ? replyWithCalls(["c1", tools[0]?.name ?? "", {}])
      : replyWithText("Done."),
  );
  const settings = [
    ["--spec", `http://${at("docs.test")}/openapi.json`],
    ...(argv.includes("--base-url") ? [] : [["--base-url", `http://${at("api.test")}`]]),
    ["--approve", "none"],
  ];
  const { io } = testPorts();
  specchat = await startSpecchat({
    argv: [...settings.flat(), ...argv],
    model,
    ports: { fetch: send, io: { ...io, fetch: send, allowHosts } },
  });
  return specchat;
}

/** Runs a turn whose model makes one call, and returns what the model read. */
async function resultOfCall(): Promise<string> {
  const response = await fetch(`${specchat?.url}/api/v1/chat`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ message: "go", session_id: crypto.randomUUID() }),
  });
  expect(response.status).toBe(200);
  return JSON.stringify(model.requests.at(-1)?.messages.at(-1));
}

test("A call connects to the address that was looked up, as the host of its URL.", async () => {
  await start();
  expect(await resultOfCall()).toContain("ok");
  expect(await resultOfCall()).toContain("ok");
  expect(requests).toEqual([`GET ${at("api.test")}/orders`, `GET ${at("api.test")}/orders`]);
  // The documents' host and the API's, each once: answers are kept for a moment.
  expect(lookups).toEqual(["docs.test", "api.test"]);
});

test.each([
  METADATA,
  "169.254.170.2",
  "fe80::1",
  "::ffff:169.254.169.254",
  "64:ff9b::a9fe:a9fe",
  "fd00:ec2::254",
  "168.63.129.16",
  "100.100.100.200",
])("A call is not sent to a host with the address %s.", async (address) => {
  hosts["api.test"] = ["127.0.0.1", address];
  await start();
  const result = await resultOfCall();
  expect(result).toContain(REFUSED);
  expect(result).not.toContain("--");
  expect(specchat?.log.join("\n")).toContain("allow it with --allow-hosts");
  expect(requests).toEqual([]);
});

test.each(["169.254.1.1", "2851995905", "0xa9.254.0x101", "[::ffff:a9fe:101]"])(
  "A call is not sent to the base URL http://%s.",
  async (host) => {
    await start("--base-url", `http://${at(host)}`);
    expect(await resultOfCall()).toContain(REFUSED);
  },
);

test("A link-local address is allowed that --allow-hosts has, by its own text only.", async () => {
  const url = new URL("http://ecs.test:80/v3");
  const resolve = (...allowed: string[]) =>
    new AddressGuard(allowed, async () => ["169.254.170.2"]).resolve(url).then((found) => found.map(String));
  expect(await resolve("169.254.170.2")).toEqual(["http://169.254.170.2/v3"]);
  await expect(resolve("ecs.test", "169.254.170.23")).rejects.toThrow(
    "allow it with --allow-hosts 169.254.170.2",
  );
});

test("A redirect to an allowed host is not followed to a metadata address.", async () => {
  hosts["files.test"] = [METADATA];
  respond = () => Response.redirect(`http://${at("files.test")}/latest/meta-data`, 302);
  await start("--allow-hosts", "files.test");
  expect(await resultOfCall()).toContain(REFUSED);
  expect(requests).toEqual([`GET ${at("api.test")}/orders`]);
});

test("A document is not fetched from a metadata address, also by a reference.", async () => {
  hosts["docs.test"] = [METADATA];
  await expect(start()).rejects.toThrow(/docs\.test has the address 169\.254\.169\.254.*--allow-hosts 169/);
  hosts["docs.test"] = ["127.0.0.1"];
  hosts["other.test"] = [METADATA];
  const reference = `http://${at("other.test")}/shared.json#/components/parameters/Page`;
  document = describeOrders({ parameters: [{ $ref: reference }] });
  await start("--allow-hosts", "other.test");
  expect(specchat?.app.apis.current.warnings.join()).toContain(`other.test has the address ${METADATA}`);
  expect(requests).toEqual([]);
});

test("A token is not requested from a metadata address.", async () => {
  hosts["tokens.test"] = [METADATA];
  const tokenUrl = `http://${at("tokens.test")}/token`;
  document = describeOrders(
    { security: [{ oauth: [] }] },
    {
      components: {
        securitySchemes: {
          oauth: { type: "oauth2", flows: { clientCredentials: { tokenUrl, scopes: {} } } },
        },
      },
    },
  );
  await start("--api-credential", "oauth: client:secret-of-the-client");
  expect(await resultOfCall()).toContain(REFUSED);
  expect(requests).toEqual([]);
});

test("The keys of tokens are not fetched from a metadata address.", async () => {
  hosts["keys.test"] = [METADATA];
  await start(
    ...["--jwt-jwks", `https://${at("keys.test")}/keys`, "--jwt-issuer", "https://login.test"],
    ...["--jwt-audience", "specchat"],
  );
  const { privateKey } = await generateKeyPair("RS256");
  const token = await new SignJWT({ sub: "ada" })
    .setProtectedHeader({ alg: "RS256", kid: "k" })
    .setIssuer("https://login.test")
    .setAudience("specchat")
    .setExpirationTime("5m")
    .sign(privateKey);
  const response = await fetch(`${specchat?.url}/v1/models`, {
    headers: { Authorization: `Bearer ${token}` },
  });
  expect([response.ok, requests]).toEqual([false, []]);
  expect(specchat?.log.join("")).toContain(`keys.test has the address ${METADATA}`);
});

test("An MCP server is followed to another path of its origin, and its headers go to no other.", async () => {
  const offered = [{ name: "wipe", inputSchema: { type: "object" as const } }];
  const handler = createMcpHandler(() => {
    const one = new Server({ name: "raw", version: "1" }, { capabilities: { tools: {} } });
    one.setRequestHandler("tools/list", () => ({ tools: offered }));
    return one;
  });
  const mcp = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch(request) {
      const { pathname } = new URL(request.url);
      requests.push(`${request.headers.get("host")}${pathname} ${request.headers.get("x-key")}`);
      if (pathname === "/mcp") return new Response(null, { status: 307, headers: { Location: "/mcp/" } });
      if (pathname === "/mcp/") return handler.fetch(request);
      return Response.redirect(`http://${at("other.test")}/mcp`, 307);
    },
  });
  hosts["mcp.test"] = ["127.0.0.1"];
  hosts["other.test"] = ["127.0.0.1"];
  const config = join(tmpdir(), `outbound-${crypto.randomUUID()}.json`);
  const write = async (path: string) => {
    const raw = { url: `http://mcp.test:${mcp.port}${path}`, headers: { "X-Key": "k3y-of-mcp" } };
    await Bun.write(config, JSON.stringify({ mcpServers: { raw } }));
  };
  await write("/mcp");
  await start("--mcp-config", config);
  expect(specchat?.app.apis.current.custom.map(({ name }) => name)).toEqual(["raw_wipe"]);
  expect(new Set(requests)).toEqual(
    new Set([`mcp.test:${mcp.port}/mcp k3y-of-mcp`, `mcp.test:${mcp.port}/mcp/ k3y-of-mcp`]),
  );
  await specchat?.stop();
  requests.length = 0;
  await write("/elsewhere");
  await start("--mcp-config", config);
  expect(specchat?.app.apis.current.warnings.join()).toContain(`it redirects to http://${at("other.test")}`);
  expect(requests.filter((line) => line.includes("other.test"))).toEqual([]);
  await Promise.all([handler.close(), mcp.stop(true), rm(config)]);
});
