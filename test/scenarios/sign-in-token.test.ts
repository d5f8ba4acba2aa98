/** The access token of a user who has signed in on the page: the APIs that take the Authorization header receive it, and nobody else. */
import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { NativeClient, type RecordingApi, type Specchat, startApi } from "../support/harness.ts";
import { CookieBrowser } from "../support/oidc-browser.ts";
import type { OidcProvider } from "../support/oidc-provider.ts";
import { createScriptedModel, replyWithCalls, replyWithText } from "../support/scripted-model.ts";
import { startProviderFor, startSignInServer } from "../support/signed-in-server.ts";

const ACCOUNT = "/bedrock-chat/account";
const KEY = "0123456789abcdef0123456789abcdef";
const MINUTE = 60_000;

let provider: OidcProvider;
let server: Specchat & { readonly page: string };
let apis: readonly RecordingApi[];
let browser: CookieBrowser;
let ahead = 0;
/** The Authorization header of each request, by the name of the API. */
const received: (readonly [string, string | null])[] = [];

beforeAll(async () => {
  apis = await Promise.all(
    ["north", "south"].map((name) =>
      startApi((request) => {
        received.push([name, request.headers.get("authorization")]);
        return Response.json({ from: name, header: request.headers.get("authorization") });
      }),
    ),
  );
  const started = await startProviderFor(1);
  provider = started.provider;
  server = await startSignInServer(provider, started.ports[0], {
    useDemoModel: false,
    ports: { now: () => new Date(Date.now() + ahead) },
    model: createScriptedModel(({ messages }) =>
      messages.at(-1)?.role === "results"
        ? replyWithText("Done.")
        : replyWithCalls(["a", "north_getThing", { id: "1" }], ["b", "south_getThing", { id: "2" }]),
    ),
    argv: [
      ...apis.flatMap(({ spec, url }, index) => {
        const name = ["north", "south"][index];
        return ["--spec", `${name}=${spec}`, "--base-url", `${name}=${url}`];
      }),
      ...["--forward-headers", "north=Authorization", "--api-keys", `ci:${KEY}`],
    ],
  });
});

beforeEach(() => {
  browser = new CookieBrowser();
  ahead = 0;
  received.length = 0;
});

afterAll(async () => {
  await server.stop();
  await provider.stop();
  await Promise.all(apis.map((api) => api.stop()));
});

/** Chats over a new connection of the page. Returns what the APIs have received, in the order of their names, and all frames. */
async function chat(headers: Record<string, string> = {}) {
  received.length = 0;
  const client = await NativeClient.connect(server.url, {
    Cookie: browser.cookieFor(server.url),
    Origin: server.url,
    ...headers,
  });
  const frames = await client.runTurn("Get both things.");
  client.close();
  return { received: Object.fromEntries(received), frames: JSON.stringify(frames) };
}

const signIn = () => browser.signIn(`${server.url}${ACCOUNT}/sign-in`, "ada");

const post = (path: string, body: object = {}) =>
  browser.request(`${server.url}${ACCOUNT}${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Origin: server.url },
    body: JSON.stringify(body),
  });

/** Asks the provider whom an access token belongs to. */
async function ownerOf(authorization: string | null | undefined): Promise<unknown> {
  const response = await fetch(`${provider.issuer}/me`, { headers: { Authorization: authorization ?? "" } });
  return response.ok ? ((await response.json()) as { sub: unknown }).sub : response.status;
}

test("The API that takes the header gets the token of the user, masked in what the user and the log see.", async () => {
  await signIn();
  const { received, frames } = await chat();
  expect(received).toEqual({ north: expect.stringMatching(/^Bearer [\w.-]+$/), south: null });
  expect(await ownerOf(received.north)).toBe("ada");
  const token = received.north?.replace("Bearer ", "") ?? "";
  expect(frames).toContain("north");
  expect([frames.includes(token), server.log.join("\n").includes(token)]).toEqual([false, false]);
  expect(browser.names(server.url)).toContain("specchat_access");
  expect(browser.cookieFor(server.url)).not.toContain(token);
});

test("A renewal replaces the token, and a sign-out removes it.", async () => {
  await signIn();
  const first = (await chat()).received.north;
  ahead = 14 * MINUTE;
  await post("/renew");
  const second = (await chat()).received.north;
  expect([first === second, await ownerOf(second)]).toEqual([false, "ada"]);
  await post("/sign-out");
  expect(browser.names(server.url)).not.toContain("specchat_access");
});

test("The token counts only with the session that it was issued for.", async () => {
  await signIn();
  const cookies = new Bun.CookieMap(browser.cookieFor(server.url));
  const other = new CookieBrowser();
  await other.signIn(`${server.url}${ACCOUNT}/sign-in`, "bob");
  const session = new Bun.CookieMap(other.cookieFor(server.url)).get("specchat_session");
  const mixed = `specchat_session=${session}; specchat_access=${cookies.get("specchat_access")}`;
  expect((await chat({ Cookie: mixed })).received).toEqual({ north: null, south: null });
  const alone = `specchat_access=${cookies.get("specchat_access")}`;
  expect((await chat({ Cookie: alone, "X-API-Key": KEY })).received).toEqual({ north: null, south: null });
});

test("A user who signs in with a key has no token, and the one before leaves none behind.", async () => {
  await signIn();
  expect((await post("/sign-in", { key: KEY })).status).toBe(200);
  expect(browser.names(server.url)).not.toContain("specchat_access");
  expect((await chat()).received).toEqual({ north: null, south: null });
});
