/** Sign-in at a real OpenID provider, without a browser: redirects, cookies, renewal, sign-out, and what an attacker tries. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { NativeClient, type Specchat } from "../support/harness.ts";
import { CookieBrowser } from "../support/oidc-browser.ts";
import type { OidcProvider } from "../support/oidc-provider.ts";
import { startProviderFor, startSignInServer } from "../support/signed-in-server.ts";

const ACCOUNT = "/bedrock-chat/account";
const MINUTE = 60_000;

let provider: OidcProvider;
let server: Specchat & { readonly page: string };
let browser: CookieBrowser;
/** Milliseconds by which the clock of specchat is ahead. */
let ahead = 0;
const now = () => new Date(Date.now() + ahead);

beforeAll(async () => {
  const started = await startProviderFor(1);
  provider = started.provider;
  server = await startSignInServer(provider, started.ports[0], {
    ports: { now },
    argv: ["--jwt-roles-claim", "roles"],
  });
});

beforeEach(() => {
  browser = new CookieBrowser();
  ahead = 0;
});

afterAll(async () => {
  await server.stop();
  await provider.stop();
});

const signInUrl = (returnPath = "/bedrock-chat/ui") =>
  `${server.url}${ACCOUNT}/sign-in?return=${encodeURIComponent(returnPath)}`;

async function readAccount(from = browser) {
  const response = await from.request(`${server.url}${ACCOUNT}`);
  return (await response.json()) as { user: Record<string, unknown> | null; sign_in: object };
}

const post = (path: string, body: object = {}, headers: Record<string, string> = {}) =>
  browser.request(`${server.url}${ACCOUNT}${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Origin: server.url, ...headers },
    body: JSON.stringify(body),
  });

/** Signs in, and returns the address that the provider redirects to without visiting it. */
async function signInUpToCallback(user = "ada", change = (url: URL) => url): Promise<string> {
  const response = await browser.request(signInUrl());
  const url = change(new URL(response.headers.get("location") ?? ""));
  const visit = await browser.signIn(url.href, user, (next) => next.includes("/account/callback?"));
  return visit.url;
}

/** The status of a request that needs a user. */
const readSessions = async (from = browser) =>
  (await from.request(`${server.url}/bedrock-chat/sessions`)).status;

const setCookies = (response: Response) =>
  response.headers
    .getSetCookie()
    .map((line) => line.replace(/=[^;]*;/, "=…;").replace(/Max-Age=\d+/, "Max-Age=…"))
    .toSorted();

describe("sign-in at the provider", () => {
  test("The user comes back to the page, and the account has the user's name.", async () => {
    expect(await readAccount()).toEqual({ user: null, sign_in: { provider: "available", key: false } });
    expect(await readSessions()).toBe(401);
    const visit = await browser.signIn(signInUrl("/bedrock-chat/ui?theme=dark"), "ada");
    expect([visit.status, visit.url]).toEqual([200, `${server.page}?theme=dark`]);
    expect((await readAccount()).user).toEqual({
      id: expect.stringMatching(/^user:[\da-f]{32}$/),
      name: "Ada Example",
      organization: null,
      method: "oidc",
      administrator: false,
      expires_in: expect.any(Number),
    });
    expect(await readSessions()).toBe(200);
  });

  test("Its cookies are out of reach of scripts and other sites, and only the account receives tokens.", async () => {
    const callback = await signInUpToCallback();
    const response = await browser.request(callback);
    expect([response.status, response.headers.get("location")]).toEqual([303, "/bedrock-chat/ui"]);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(setCookies(response)).toEqual([
      "specchat_renewal=…; Path=/bedrock-chat/account; Max-Age=…; HttpOnly; SameSite=Lax",
      "specchat_session=…; Path=/; Max-Age=…; HttpOnly; SameSite=Lax",
      expect.stringMatching(/^specchat_sign_in_[\da-f]{8}=…; Path=\/; Max-Age=…; HttpOnly; SameSite=Lax$/),
    ]);
    expect(response.headers.getSetCookie().join()).not.toContain("ada");
  });

  test("Behind a proxy with TLS, cookies have prefixes and the redirect URI is encrypted.", async () => {
    const headers = { "X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example" };
    const response = await browser.request(signInUrl(), { headers });
    const { searchParams } = new URL(response.headers.get("location") ?? "");
    expect(searchParams.get("redirect_uri")).toBe(
      `https://${new URL(server.url).host}/bedrock-chat/account/callback`,
    );
    expect([searchParams.get("code_challenge_method"), searchParams.get("response_type")]).toEqual([
      "S256",
      "code",
    ]);
    expect(response.headers.get("set-cookie")).toMatch(
      /^__Host-specchat_sign_in_[\da-f]{8}=[^;]+; Path=\/; Max-Age=600; Secure; HttpOnly; SameSite=Lax$/,
    );
  });

  test.each([
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example",
    "/\t/evil.example",
    "/.//evil.example",
    "javascript:alert(1)",
    "evil",
    "",
  ])("A return address of another host is replaced by the page: %p.", async (path) => {
    const visit = await browser.signIn(signInUrl(path), "ada", (url) => !url.includes("127.0.0.1"));
    expect(visit.url).toBe(server.page);
  });

  test("Two tabs can sign in at the same time, in any order.", async () => {
    const first = await signInUpToCallback();
    const second = await browser.visit(signInUrl("/bedrock-chat/docs"));
    expect(second.url).toBe(`${server.url}/bedrock-chat/docs`);
    expect((await browser.visit(first)).url).toBe(server.page);
  });
});

describe("a sign-in that fails", () => {
  const problemOf = (url: string) => new URL(url).searchParams.get("sign_in");

  test("A user who cancels reads so, and can try again.", async () => {
    const form = await browser.visit(signInUrl());
    const abort = /href="([^"]*\/abort)"/.exec(form.body)?.[1] ?? "";
    const visit = await browser.visit(new URL(abort, form.url).href);
    expect([visit.status, visit.url]).toEqual([200, `${server.page}?sign_in=denied`]);
    await browser.signIn(signInUrl(), "ada");
    expect((await readAccount()).user).not.toBeNull();
  });

  test("A sign-in that takes longer than ten minutes has expired.", async () => {
    const callback = await signInUpToCallback();
    ahead = 11 * MINUTE;
    expect(problemOf((await browser.visit(callback)).url)).toBe("expired");
    expect((await readAccount()).user).toBeNull();
  });

  test("An address that was used leads its user back to the page, and nobody else anywhere.", async () => {
    const callback = await signInUpToCallback();
    await browser.visit(callback);
    expect((await browser.visit(callback)).url).toBe(server.page);
    const stranger = new CookieBrowser();
    expect(problemOf((await stranger.visit(callback)).url)).toBe("expired");
    expect((await readAccount(stranger)).user).toBeNull();
  });

  test("The code of one browser signs no other browser in.", async () => {
    const callback = await signInUpToCallback("mallory");
    const victim = new CookieBrowser();
    await victim.request(signInUrl());
    expect(problemOf((await victim.visit(callback)).url)).toBe("expired");
    expect((await readAccount(victim)).user).toBeNull();
  });

  test.each([
    ["nonce", "failed"],
    ["code_challenge", "expired"],
  ])("A token that was asked for with another %s is refused.", async (name, problem) => {
    const callback = await signInUpToCallback("ada", (url) => {
      url.searchParams.set(name, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
      return url;
    });
    expect(problemOf((await browser.visit(callback)).url)).toBe(problem);
    expect((await readAccount()).user).toBeNull();
  });

  test("A response of another issuer, without its state or with an unknown error is refused.", async () => {
    const problems: (string | null)[] = [];
    for (const change of [
      (url: URL) => url.searchParams.set("iss", "http://127.0.0.1:1"),
      (url: URL) => url.searchParams.delete("state"),
      (url: URL) => url.searchParams.set("code", "made-up"),
      (url: URL) => url.searchParams.set("error", "<script>"),
    ]) {
      browser = new CookieBrowser();
      const url = new URL(await signInUpToCallback());
      change(url);
      problems.push(problemOf((await browser.visit(url.href)).url));
      expect((await readAccount()).user).toBeNull();
    }
    expect(problems).toEqual(["failed", "expired", "expired", "failed"]);
  });

  test("The log names the problem, and neither codes nor tokens.", async () => {
    const text = server.log.join("\n");
    expect(text).toContain("sign-in failed");
    expect(text).not.toMatch(/code=|eyJ|made-up|<script>/);
  });
});

describe("a session", () => {
  test("It is renewed while it is used, with one request for all tabs.", async () => {
    await browser.signIn(signInUrl(), "ada");
    const id = (await readAccount()).user?.id;
    for (const minutes of [14, 28, 42]) {
      ahead = minutes * MINUTE;
      const before = provider.requests.filter((line) => line === "POST /token").length;
      const responses = await Promise.all([1, 2, 3].map(() => post("/renew")));
      const users = await Promise.all(
        responses.map(async (response) => ((await response.json()) as { user: { id: string } }).user.id),
      );
      expect(users).toEqual([id, id, id] as string[]);
      expect(provider.requests.filter((line) => line === "POST /token").length).toBe(before + 1);
    }
    expect(await readSessions()).toBe(200);
  });

  test("It ends after fifteen minutes, but can go on within an hour.", async () => {
    await browser.signIn(signInUrl(), "ada");
    ahead = 16 * MINUTE;
    expect([await readSessions(), (await readAccount()).user]).toEqual([401, null]);
    ahead = 59 * MINUTE;
    expect(await (await post("/renew")).json()).toMatchObject({ user: { name: "Ada Example" } });
    expect(await readSessions()).toBe(200);
    ahead = 120 * MINUTE;
    expect(await (await post("/renew")).json()).toEqual({ user: null });
  });

  test("It ends twelve hours after the sign-in, however often it was renewed.", async () => {
    await browser.signIn(signInUrl(), "ada");
    let user: unknown = "ada";
    for (let minutes = 50; user !== null; minutes += 50) {
      ahead = minutes * MINUTE;
      user = ((await (await post("/renew")).json()) as { user: unknown }).user;
    }
    expect(ahead).toBe(750 * MINUTE);
  });

  test("It ends at once when the provider revokes it.", async () => {
    await browser.signIn(signInUrl(), "ada");
    provider.revokeAll();
    ahead = 5 * MINUTE;
    const response = await post("/renew");
    expect(await response.json()).toEqual({ user: null });
    expect(browser.names(server.url)).not.toContain("specchat_session");
    expect(await readSessions()).toBe(401);
  });

  test("It goes on while the provider is down, up to its end.", async () => {
    await browser.signIn(signInUrl(), "ada");
    await provider.stop();
    try {
      ahead = 10 * MINUTE;
      expect([(await post("/renew")).status, await readSessions()]).toEqual([503, 200]);
      const visit = await browser.visit(signInUrl());
      expect(visit.url).toBe(`${server.page}?sign_in=unavailable`);
    } finally {
      await provider.start();
    }
    expect((await post("/renew")).status).toBe(200);
  });

  test("A changed, foreign or misplaced cookie is nobody's.", async () => {
    await browser.signIn(signInUrl(), "ada");
    const cookies = new Bun.CookieMap(browser.cookieFor(`${server.url}${ACCOUNT}`));
    const [session = "", renewal = ""] = ["session", "renewal"].map(
      (name) => cookies.get(`specchat_${name}`) ?? "",
    );
    const parts = session.split(".");
    const forged = [
      renewal,
      session.slice(0, -2),
      `${session}A`,
      [...parts.slice(0, 3), "AAAA", parts[4]].join("."),
      `${Buffer.from('{"alg":"none"}').toString("base64url")}....`,
      `2~${session}`,
      "",
    ];
    const statuses = await Promise.all(
      forged.map(
        async (value) =>
          (
            await fetch(`${server.url}/bedrock-chat/sessions`, {
              headers: { Cookie: `specchat_session=${value}` },
            })
          ).status,
      ),
    );
    expect(statuses).toEqual(forged.map(() => 401));
  });

  test("An encrypted page takes only the cookie that plain pages cannot set.", async () => {
    await browser.signIn(signInUrl(), "ada");
    const Cookie = browser.cookieFor(server.url);
    const headers = { Cookie, "X-Forwarded-Proto": "https" };
    expect((await fetch(`${server.url}/bedrock-chat/sessions`, { headers })).status).toBe(401);
  });

  test("A page that is opened after the end continues with the session of the provider.", async () => {
    await browser.signIn(signInUrl(), "ada");
    ahead = 90 * MINUTE;
    expect((await readAccount()).user).toBeNull();
    const visit = await browser.visit(`${server.page}?theme=dark`);
    expect([visit.status, visit.url]).toEqual([200, `${server.page}?theme=dark`]);
    expect((await readAccount()).user).not.toBeNull();
  });

  test("Without a session of the provider, the page opens, asks nothing, and tries it once.", async () => {
    await browser.signIn(signInUrl(), "ada");
    provider.revokeAll();
    ahead = 90 * MINUTE;
    const before = provider.requests.length;
    expect((await browser.visit(server.page)).url).toBe(server.page);
    expect(provider.requests.slice(before).filter((line) => line === "GET /auth").length).toBe(1);
    expect((await browser.visit(server.page)).url).toBe(server.page);
    expect(provider.requests.slice(before).filter((line) => line === "GET /auth").length).toBe(1);
  });
});

describe("sign-out", () => {
  test("It ends the session here and at the provider.", async () => {
    await browser.signIn(signInUrl(), "ada");
    const response = await post("/sign-out");
    const { location } = (await response.json()) as { location: string };
    expect(location).toStartWith(`${provider.issuer}/session/end?`);
    expect(browser.names(server.url)).toEqual(["specchat_caller"]);
    expect(await readSessions()).toBe(401);
    const question = await browser.visit(location);
    const [, action = "", xsrf = ""] =
      /action="([^"]+)".*name="xsrf" value="([^"]+)"/s.exec(question.body) ?? [];
    const end = await browser.visit(action, {
      method: "POST",
      headers: { "Content-Type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ xsrf, logout: "yes" }).toString(),
    });
    expect(end.url).toBe(server.page);
    expect((await browser.visit(signInUrl())).url).toStartWith(`${provider.issuer}/interaction/`);
  });

  test("Without a session it leads to the page.", async () => {
    expect(await (await post("/sign-out")).json()).toEqual({ location: "/bedrock-chat/ui" });
  });
});

describe("requests of other sites", () => {
  test("They change nothing, although the browser sends the cookie.", async () => {
    await browser.signIn(signInUrl(), "ada");
    const Origin = "https://evil.example";
    const statuses = [
      (await post("/sign-out", {}, { Origin })).status,
      (await post("/renew", {}, { Origin })).status,
      (await post("/sign-out", {}, { Origin: "null" })).status,
      (
        await browser.request(`${server.url}/bedrock-chat/sessions/some`, {
          method: "DELETE",
          headers: { Origin },
        })
      ).status,
    ];
    expect([statuses, await readSessions()]).toEqual([[403, 403, 403, 403], 200]);
  });

  test("They open no WebSocket, but the page does.", async () => {
    await browser.signIn(signInUrl(), "ada");
    const Cookie = browser.cookieFor(server.url);
    const upgrade = (Origin: string) =>
      fetch(`${server.url}/bedrock-chat/ws`, {
        headers: {
          Cookie,
          Origin,
          Connection: "Upgrade",
          Upgrade: "websocket",
          "Sec-WebSocket-Version": "13",
          "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        },
      });
    expect((await upgrade("https://evil.example")).status).toBe(403);
    expect((await upgrade(server.url.replace("127.0.0.1", "127.0.0.1.evil.example"))).status).toBe(403);
    const client = await NativeClient.connect(server.url, { Cookie, Origin: server.url });
    expect(await client.next()).toMatchObject({ type: "connection_established" });
    ahead = 20 * MINUTE;
    client.send({ type: "message", message: "Hello?" });
    expect(await client.next()).toMatchObject({ type: "error", code: "unauthorized" });
    client.close();
  });
});
