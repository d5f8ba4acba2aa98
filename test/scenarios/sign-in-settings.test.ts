/** Sign-in with other settings: providers that are down, clients without a secret, limits on users, and keys alone. */
import { afterEach, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NativeClient, type Specchat, startSpecchat, testPorts } from "../support/harness.ts";
import { CookieBrowser } from "../support/oidc-browser.ts";
import type { OidcProvider, OidcProviderOptions } from "../support/oidc-provider.ts";
import { startProviderFor, startSignInServer } from "../support/signed-in-server.ts";

const ACCOUNT = "/bedrock-chat/account";
const MINUTE = 60_000;
const { fetch: sendRequest } = testPorts();

const running: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of running.splice(0).toReversed()) await one.stop();
});

async function start(
  argv: readonly string[],
  options: Partial<OidcProviderOptions> = {},
  now = () => new Date(),
): Promise<{ readonly provider: OidcProvider; readonly server: Specchat & { readonly page: string } }> {
  const { provider, ports } = await startProviderFor(1, options);
  running.push(provider);
  const server = await startSignInServer(provider, ports[0], { argv, ports: { now } });
  running.push(server);
  return { provider, server };
}

async function readUser({ url }: Pick<Specchat, "url">, browser: CookieBrowser) {
  const response = await browser.request(`${url}${ACCOUNT}`);
  return ((await response.json()) as { user: Record<string, unknown> | null }).user;
}

/** Signs in, and returns the user or the problem. */
async function signIn(server: Specchat, user = "ada"): Promise<unknown> {
  const browser = new CookieBrowser();
  const { url } = await browser.signIn(`${server.url}${ACCOUNT}/sign-in`, user);
  return new URL(url).searchParams.get("sign_in") ?? (await readUser(server, browser));
}

const ADA = {
  id: expect.stringMatching(/^user:/),
  name: "Ada Example",
  organization: null,
  method: "oidc",
  administrator: false,
  expires_in: expect.any(Number),
};

describe("the provider", () => {
  test("A server starts while its provider is down, says so, and finds it later.", async () => {
    const { provider, ports } = await startProviderFor(1);
    await provider.stop();
    let ahead = 0;
    const server = await startSignInServer(provider, ports[0], {
      ports: { now: () => new Date(Date.now() + ahead) },
    });
    running.push(provider, server);
    const browser = new CookieBrowser();
    const visit = await browser.visit(`${server.url}${ACCOUNT}/sign-in`);
    expect([visit.status, visit.url]).toEqual([200, `${server.page}?sign_in=unavailable`]);
    const readAccount = async () => (await browser.request(`${server.url}${ACCOUNT}`)).json();
    expect(await readAccount()).toEqual({ user: null, sign_in: { provider: "unavailable", key: false } });
    expect(server.log.filter((line) => line.includes("the OpenID provider does not answer")).length).toBe(1);
    await provider.start();
    ahead = MINUTE;
    expect(await signIn(server)).toEqual(ADA);
    expect(await readAccount()).toEqual({ user: null, sign_in: { provider: "available", key: false } });
  });

  test("The secret and the code go to another host than the issuer's only when it is allowed.", async () => {
    const { provider, ports } = await startProviderFor(2);
    const received: string[] = [];
    const elsewhere = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      async fetch(request) {
        const { pathname } = new URL(request.url);
        received.push(pathname);
        const { method, headers } = request;
        return await fetch(`${provider.issuer}${pathname}`, { method, headers, body: await request.text() });
      },
    });
    running.push({ stop: () => elsewhere.stop(true) }, provider);
    const { host, origin } = elsewhere.url;
    const send: typeof sendRequest = async (url, init) => {
      const response = await sendRequest(url, init);
      if (!url.endsWith("/openid-configuration")) return response;
      return Response.json({ ...((await response.json()) as object), token_endpoint: `${origin}/token` });
    };
    const outcomes: unknown[] = [];
    for (const [index, argv] of [[], ["--oidc-allowed-hosts", host]].entries()) {
      const server = await startSignInServer(provider, ports[index], { argv, ports: { fetch: send } });
      running.push(server);
      outcomes.push([await signIn(server), received.splice(0)]);
      expect(server.log.join("\n").includes(`set --oidc-allowed-hosts ${host}`)).toBe(index === 0);
    }
    expect(outcomes).toEqual([
      ["failed", []],
      [ADA, ["/token"]],
    ]);
  });

  test("A public client signs in with PKCE alone.", async () => {
    const { server } = await start([], { isPublic: true });
    expect(await signIn(server)).toEqual(ADA);
  });

  test("Without refresh tokens, a session lasts as long as the token, if it is used.", async () => {
    let ahead = 0;
    const { server } = await start(
      ["--session-idle", "30"],
      { hasRefreshTokens: false, idTokenLifetime: 2400 },
      () => new Date(Date.now() + ahead),
    );
    const browser = new CookieBrowser();
    await browser.signIn(`${server.url}${ACCOUNT}/sign-in`, "ada");
    const renew = async () => {
      const init = { method: "POST", headers: { Origin: server.url }, body: "{}" };
      return (await (await browser.request(`${server.url}${ACCOUNT}/renew`, init)).json()) as {
        user: unknown;
      };
    };
    const ends: unknown[] = [];
    for (const minutes of [20, 39, 41]) {
      ahead = minutes * MINUTE;
      ends.push((await renew()).user);
    }
    expect(ends).toEqual([
      { ...ADA, expires_in: expect.closeTo(1200, -2) },
      { ...ADA, expires_in: expect.closeTo(60, -2) },
      null,
    ]);
  });

  test("Claims that the ID token lacks come from the UserInfo endpoint.", async () => {
    const { server, provider } = await start(["--jwt-organization-claim", "tenant"], {
      hasThinIdTokens: true,
      claimsOf: () => ({ name: "Ada Lovelace", tenant: "acme" }),
    });
    expect(await signIn(server)).toEqual({ ...ADA, name: "Ada Lovelace", organization: "acme" });
    expect(provider.requests).toContain("GET /me");
  });

  test("Further parameters and scopes reach the provider.", async () => {
    const { server } = await start([
      ...["--oidc-parameters", "acr_values=a=b c", "--oidc-parameters", "prompt=login"],
      ...["--oidc-scopes", "openid,email"],
    ]);
    const response = await fetch(`${server.url}${ACCOUNT}/sign-in`, { redirect: "manual" });
    const { searchParams } = new URL(response.headers.get("location") ?? "");
    expect(["acr_values", "prompt", "scope"].map((name) => searchParams.get(name))).toEqual([
      "a=b c",
      "login",
      "openid email",
    ]);
  });

  test("--public-url is the address of the redirect, of the return and of the cookie for tokens.", async () => {
    const { server } = await start(["--public-url", "https://chat.example.com/prefix/"]);
    const response = await fetch(`${server.url}${ACCOUNT}/sign-in`, { redirect: "manual" });
    const location = new URL(response.headers.get("location") ?? "");
    expect(location.searchParams.get("redirect_uri")).toBe(
      "https://chat.example.com/prefix/bedrock-chat/account/callback",
    );
    const failed = await fetch(`${server.url}${ACCOUNT}/callback?code=x&state=y`, { redirect: "manual" });
    expect(failed.headers.get("location")).toBe("/prefix/bedrock-chat/ui?sign_in=expired");
  });

  test("A trusted proxy names the host that browsers see, if it is an allowed one.", async () => {
    const { server } = await start(["--trusted-proxies", "1", "--allowed-hosts", "chat.example.com"]);
    const redirectUri = async (host: string) => {
      const headers = { "X-Forwarded-Host": host, "X-Forwarded-Proto": "https" };
      const response = await fetch(`${server.url}${ACCOUNT}/sign-in`, { redirect: "manual", headers });
      return new URL(new URL(response.headers.get("location") ?? "").searchParams.get("redirect_uri") ?? "")
        .host;
    };
    expect(await redirectUri("chat.example.com")).toBe("chat.example.com");
    expect(await redirectUri("evil.example")).toBe(new URL(server.url).host);
  });
});

describe("who may sign in", () => {
  const claimsOf = (user: string) => ({
    email: user === "eve" ? "eve@evil.example" : `${user}@Example.com`,
    email_verified: user !== "mallory",
    hd: user === "bob" ? "other" : "acme",
    name: user,
  });

  test("--oidc-allowed-domains takes verified addresses only.", async () => {
    const { server } = await start(["--oidc-allowed-domains", "example.com"], { claimsOf });
    expect([
      await signIn(server, "ada"),
      await signIn(server, "eve"),
      await signIn(server, "mallory"),
    ]).toEqual([{ ...ADA, name: "ada" }, "not_allowed", "not_allowed"]);
  });

  test("--oidc-allowed-organizations takes the claim of the organization, without which nobody signs in.", async () => {
    const organization = ["--oidc-allowed-organizations", "acme", "--jwt-organization-claim", "hd"];
    const { server } = await start(organization, { claimsOf });
    expect([await signIn(server, "ada"), await signIn(server, "bob")]).toEqual([
      { ...ADA, name: "ada", organization: "acme" },
      "not_allowed",
    ]);
    const { server: other } = await start(["--jwt-organization-claim", "tenant"], { claimsOf });
    expect(await signIn(other)).toBe("not_allowed");
  });

  test("An identity that does not fit into a cookie is refused, and a long refresh token is divided.", async () => {
    const roles = Array.from({ length: 300 }, (_, index) => Bun.hash(`role ${index}`).toString(36).repeat(2));
    const { server } = await start(["--jwt-roles-claim", "roles"], {
      claimsOf: () => ({ name: "Ada Example", roles }),
    });
    expect(await signIn(server)).toBe("too_large");
    const { server: other } = await start([], {
      claimsOf: () => ({ name: "Ada Example", roles: roles.slice(0, 120) }),
    });
    const browser = new CookieBrowser();
    await browser.signIn(`${other.url}${ACCOUNT}/sign-in`, "ada");
    // The ID token, which lists the roles, is kept for the sign-out.
    expect(browser.names(other.url)).toContain("specchat_renewal_1");
    expect(await readUser(other, browser)).toEqual(ADA);
  });
});

describe("keys alone", () => {
  const KEY = "0123456789abcdef0123456789abcdef";
  const keyServer = async (argv: readonly string[] = []) => {
    const server = await startSpecchat({
      useDemoModel: true,
      argv: ["--api-keys", `ci:reader:${KEY}`, ...argv],
    });
    running.push(server);
    return server;
  };
  const enter = (server: Specchat, browser: CookieBrowser, key: unknown, Origin = server.url) =>
    browser.request(`${server.url}${ACCOUNT}/sign-in`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Origin },
      body: JSON.stringify({ key }),
    });

  test("A key that a user enters is kept in a sealed cookie until the browser is closed.", async () => {
    const server = await keyServer();
    const browser = new CookieBrowser();
    expect(await (await browser.request(`${server.url}${ACCOUNT}`)).json()).toEqual({
      user: null,
      sign_in: { provider: null, key: true },
    });
    const response = await enter(server, browser, KEY);
    expect(response.headers.get("set-cookie")).toMatch(
      /^specchat_session=[\w.-]+; Path=\/; HttpOnly; SameSite=Lax$/,
    );
    expect(await readUser(server, browser)).toMatchObject({ name: "ci", method: "api-key" });
    expect((await browser.request(`${server.url}/bedrock-chat/sessions`)).status).toBe(200);
    expect((await fetch(`${server.url}${ACCOUNT}/sign-in`)).status).toBe(404);
  });

  test("A wrong key, a body without one and another origin are refused.", async () => {
    const server = await keyServer();
    const browser = new CookieBrowser();
    const statuses = [
      (await enter(server, browser, `${KEY}x`)).status,
      (await enter(server, browser, "")).status,
      (await enter(server, browser, { length: 3 })).status,
      (await enter(server, browser, KEY, "https://evil.example")).status,
    ];
    expect([statuses, browser.names(server.url)]).toEqual([[401, 400, 400, 403], []]);
  });

  test("A key that is no longer valid ends its sessions at once, and the page still opens.", async () => {
    const secret = ["--cookie-secret", "a-secret-of-all-replicas"];
    const server = await keyServer(secret);
    const browser = new CookieBrowser();
    await enter(server, browser, KEY);
    const cookie = browser.cookieFor(server.url);
    const other = await startSpecchat({
      useDemoModel: true,
      argv: [...secret, "--api-keys", "other:fedcba9876543210fedcba9876543210"],
    });
    running.push(other);
    const statuses = await Promise.all(
      ["sessions", "ui", "account"].map(
        async (path) => (await fetch(`${other.url}/bedrock-chat/${path}`, { headers: { cookie } })).status,
      ),
    );
    expect(statuses).toEqual([401, 200, 200]);
  });

  test("The session of a key ends on an open connection too.", async () => {
    let ahead = 0;
    const server = await startSpecchat({
      useDemoModel: true,
      argv: ["--api-keys", `ci:reader:${KEY}`],
      ports: { now: () => new Date(Date.now() + ahead) },
    });
    running.push(server);
    const browser = new CookieBrowser();
    await enter(server, browser, KEY);
    const client = await NativeClient.connect(server.url, {
      Cookie: browser.cookieFor(server.url),
      Origin: server.url,
    });
    expect(await client.next()).toMatchObject({ type: "connection_established" });
    ahead = 61 * MINUTE;
    client.send({ type: "message", message: "Hello?" });
    expect(await client.next()).toMatchObject({ type: "error", code: "unauthorized" });
    client.close();
  });

  test("A session of a provider counts for nothing where no provider is configured.", async () => {
    const secret = ["--cookie-secret", "a-secret-of-all-replicas"];
    const { server } = await start(secret);
    const browser = new CookieBrowser();
    await browser.signIn(`${server.url}${ACCOUNT}/sign-in`, "ada");
    const headers = { cookie: browser.cookieFor(server.url) };
    expect((await fetch(`${server.url}/bedrock-chat/sessions`, { headers })).status).toBe(200);
    const keys = await keyServer(secret);
    expect((await fetch(`${keys.url}/bedrock-chat/sessions`, { headers })).status).toBe(401);
  });
});

test("A server without authentication has no account, and its page asks for none.", async () => {
  const server = await startSpecchat({ useDemoModel: true });
  running.push(server);
  expect((await fetch(`${server.url}${ACCOUNT}`)).status).toBe(404);
  expect(await (await fetch(`${server.url}/bedrock-chat/ui`)).text()).toContain('data-account=""');
});

test("Sessions outlive a restart of the server.", async () => {
  const { provider, ports } = await startProviderFor(1);
  running.push(provider);
  const folder = await mkdtemp(join(tmpdir(), "specchat-sign-in-"));
  running.push({ stop: () => rm(folder, { recursive: true }) });
  const first = await startSignInServer(provider, ports[0], { argv: ["--data-dir", folder] });
  const browser = new CookieBrowser();
  await browser.signIn(`${first.url}${ACCOUNT}/sign-in`, "ada");
  await first.stop();
  const second = await startSignInServer(provider, ports[0], { argv: ["--data-dir", folder] });
  running.push(second);
  expect(await readUser(second, browser)).toEqual(ADA);
});

test("The audit log has each sign-in and sign-out, with its user and without codes and keys.", async () => {
  const KEY = "0123456789abcdef0123456789abcdef";
  const folder = await mkdtemp(join(tmpdir(), "specchat-sign-in-"));
  running.push({ stop: () => rm(folder, { recursive: true }) });
  const path = join(folder, "audit.jsonl");
  const { server } = await start(["--audit-log", path, "--api-keys", `ci:${KEY}`, "--data-dir", folder]);
  const browser = new CookieBrowser();
  const post = (address: string, body: object) =>
    browser.request(`${server.url}${ACCOUNT}${address}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Origin: server.url },
      body: JSON.stringify(body),
    });
  await browser.signIn(`${server.url}${ACCOUNT}/sign-in`, "ada");
  await post("/sign-out", {});
  await post("/sign-out", {});
  await post("/sign-in", { key: KEY });
  await server.app.audit.close();
  const text = await Bun.file(path).text();
  const entries = text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(
    entries
      .filter(({ event }) => event === "administration")
      .map(({ act, subject, user }) => ({ act, subject, user })),
  ).toEqual([
    { act: "signed_in", subject: "oidc", user: "ada" },
    { act: "signed_out", subject: undefined, user: "ada" },
    { act: "signed_in", subject: "api-key", user: "key:ci" },
  ]);
  expect(text).not.toMatch(/code=|eyJ/);
  expect(text).not.toContain(KEY);
});
