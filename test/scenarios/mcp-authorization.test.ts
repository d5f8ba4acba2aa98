/** What an MCP client needs to sign its user in: RFC 9728 and the authorization of the MCP revisions. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import {
  discoverOAuthProtectedResourceMetadata,
  extractWWWAuthenticateParams,
} from "@modelcontextprotocol/client";
import { connect as connectMcp, createHttpTransport, REVISIONS } from "../protocols/mcp/client.ts";
import { MODEL, type RecordingApi, type Specchat, startApi, startSpecchat } from "../support/harness.ts";
import { createScriptedModel, replyWithCalls, replyWithText } from "../support/scripted-model.ts";
import { TokenIssuer } from "../support/token-issuer.ts";

let issuer: TokenIssuer;
let api: RecordingApi;
let authorizations: (string | null)[];
let specchat: Specchat;

beforeAll(async () => {
  authorizations = [];
  issuer = await TokenIssuer.start();
  api = await startApi((request) => {
    authorizations.push(request.headers.get("authorization"));
    return Response.json({ id: 1 });
  });
});
afterEach(() => specchat.stop());
afterAll(() => Promise.all([issuer.stop(), api.stop()]));

async function start(...argv: string[]): Promise<void> {
  specchat = await startSpecchat({
    argv: ["--spec", api.spec, "--base-url", api.url, "--model", MODEL, ...argv],
    model: createScriptedModel([replyWithCalls(["c1", "getThing", { id: 1 }]), replyWithText("Done.")]),
  });
}

/** Sends a request without credentials, as a client does first. */
const post = (headers: Readonly<Record<string, string>> = {}) =>
  fetch(`${specchat.url}/mcp`, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      Accept: "application/json, text/event-stream",
      ...headers,
    },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "ping" }),
  });

test("A client finds the issuer by the challenge of a 401, and by the address alone.", async () => {
  await start(...issuer.argv, "--jwt-scopes", "chat,tools");
  const response = await post();
  expect(response.status).toBe(401);
  const metadata = `${specchat.url}/.well-known/oauth-protected-resource/mcp`;
  const { resourceMetadataUrl, scope, error } = extractWWWAuthenticateParams(response);
  expect([resourceMetadataUrl?.href, scope, error]).toEqual([metadata, "chat tools", undefined]);
  const expected = {
    resource: `${specchat.url}/mcp`,
    authorization_servers: [issuer.issuer],
    bearer_methods_supported: ["header"],
    scopes_supported: ["chat", "tools"],
    resource_name: "specchat",
  };
  for (const options of [{ resourceMetadataUrl: metadata }, {}])
    expect(await discoverOAuthProtectedResourceMetadata(`${specchat.url}/mcp`, options)).toEqual(expected);
  const expired = await post({ Authorization: `Bearer ${await issuer.sign({ exp: 1 })}` });
  expect(extractWWWAuthenticateParams(expired).error).toBe("invalid_token");
});

test("Behind a proxy the addresses are those of --public-url.", async () => {
  await start(...issuer.argv, "--public-url", "https://chat.example.com/shop");
  const { resourceMetadataUrl } = extractWWWAuthenticateParams(await post());
  const address = "https://chat.example.com/shop/.well-known/oauth-protected-resource/mcp";
  expect(resourceMetadataUrl?.href).toBe(address);
  const response = await fetch(`${specchat.url}/.well-known/oauth-protected-resource/mcp`);
  expect(await response.json()).toMatchObject({ resource: "https://chat.example.com/shop/mcp" });
});

test("Without an issuer there is nothing to find.", async () => {
  await start("--api-keys", "ada:key-of-ada-0123456789");
  const response = await post();
  expect(response.headers.get("www-authenticate")).toBe('Bearer realm="specchat"');
  expect((await fetch(`${specchat.url}/.well-known/oauth-protected-resource/mcp`)).status).toBe(404);
});

describe.each(REVISIONS)("A token of revision %s", (revision) => {
  test("is accepted for the audience of this server only, and is never passed on.", async () => {
    await start(...issuer.argv, "--forward-headers", "Authorization");
    const connect = async (claims: object) =>
      await connectMcp(
        createHttpTransport(specchat.url, {
          headers: { Authorization: `Bearer ${await issuer.sign({ ...claims })}` },
        }),
        { revision },
      );
    expect(connect({ aud: "another" })).rejects.toThrow();
    expect(connect({ aud: undefined })).rejects.toThrow();
    authorizations.length = 0;
    const client = await connect({ aud: ["another", "specchat"] });
    const { isError } = await client.callTool({ name: "getThing", arguments: { id: 1 } });
    await client.close();
    expect([isError ?? false, authorizations]).toEqual([false, [null]]);
  });
});

test("The same token over another protocol is passed on where a setting says so.", async () => {
  await start(...issuer.argv, "--forward-headers", "Authorization");
  authorizations.length = 0;
  const Authorization = `Bearer ${await issuer.sign()}`;
  const response = await fetch(`${specchat.url}/api/v1/chat`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization },
    body: JSON.stringify({ message: "go" }),
  });
  expect([response.status, authorizations]).toEqual([200, [Authorization]]);
});
