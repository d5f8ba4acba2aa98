/** The kinds of callers that attack: a stranger, and users by API key, token, cookie of the sign-in and header of a proxy. */
import { SignJWT } from "jose";
import { MODEL, type RecordingApi, type Specchat, startApi, startSpecchat } from "./harness.ts";
import { CookieBrowser } from "./oidc-browser.ts";
import { createScriptedModel, replyWithCalls, replyWithText, type ScriptedModel } from "./scripted-model.ts";
import { startProviderFor, startSignInServer } from "./signed-in-server.ts";

export type Headers = Readonly<Record<string, string>>;

export interface AttackedServer {
  readonly specchat: Specchat;
  readonly api: RecordingApi;
  readonly model: ScriptedModel;
  stop(): Promise<void>;
}

export interface CallerKind {
  /** Whether the server demands authentication. */
  readonly isKnown: boolean;
  /** Returns the headers of a user: of mallory, who attacks, or of ada. */
  headersOf(user: "mallory" | "ada", url: string): Promise<Headers>;
  /** Returns headers that look like those of a user. */
  forgeries(genuine: Headers, url: string): Promise<readonly Headers[]>;
}

const TOKEN_KEY = "a-key-of-tokens-with-more-than-32-bytes";
const KEYS = { mallory: "key-of-mallory-012345", ada: "key-of-ada-0123456789" };
const bearer = (credential: string) => ({ Authorization: `Bearer ${credential}` });

/** Settings of a server that accepts every kind of credential. Those of the provider are missing. */
export const EVERY_CREDENTIAL: readonly string[] = [
  ...["--api-keys", `mallory:${KEYS.mallory},ada:${KEYS.ada}`],
  ...["--jwt-key", TOKEN_KEY, "--jwt-audience", "specchat", "--cookie-secret", "c".repeat(32)],
  ...["--identity-headers", "user=X-User", "--identity-proxies", "127.0.0.1"],
  ...["--trusted-proxies", "1", "--auth-failure-limit", "100000/minute"],
];

/** Starts one server for strangers, and one that accepts every kind of credential. */
export async function startAttackedServers(): Promise<{
  readonly open: AttackedServer;
  readonly known: AttackedServer;
}> {
  const { provider, ports } = await startProviderFor(1);
  const [open, known] = await Promise.all([
    startWith((options) => startSpecchat(options)),
    startWith(({ argv, ...options }) =>
      startSignInServer(provider, ports[0], {
        ...options,
        argv: [...argv, ...EVERY_CREDENTIAL],
      }),
    ),
  ]);
  return {
    open,
    known: { ...known, stop: async () => void (await Promise.all([known.stop(), provider.stop()])) },
  };
}

async function startWith(
  start: (options: {
    argv: readonly string[];
    model: ScriptedModel;
    useDemoModel: false;
  }) => Promise<Specchat>,
): Promise<AttackedServer> {
  const api = await startApi();
  const model = createScriptedModel(({ messages }) =>
    JSON.stringify(messages.at(-1)).includes("Change.")
      ? replyWithCalls(["c1", "createThing", { name: "x" }])
      : replyWithText("Well."),
  );
  const argv = ["--spec", api.spec, "--base-url", api.url, "--model", MODEL];
  const specchat = await start({ argv, model, useDemoModel: false });
  const stop = async () => void (await Promise.all([specchat.stop(), api.stop()]));
  return { specchat, api, model, stop };
}

/** @param claims a user, or what replaces the claims of a token of mallory's */
async function sign(user: string, claims: object = {}, key = TOKEN_KEY, alg = "HS256"): Promise<string> {
  const exp = Math.floor(Date.now() / 1000) + 300;
  return await new SignJWT({ sub: `${user}-token`, aud: "specchat", exp, ...claims })
    .setProtectedHeader({ alg })
    .sign(new TextEncoder().encode(key));
}

function signNothing(claims: object): string {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${encode({ alg: "none", typ: "JWT" })}.${encode(claims)}.`;
}

async function signIn(user: string, url: string): Promise<Headers> {
  const browser = new CookieBrowser();
  await browser.signIn(`${url}/bedrock-chat/account/sign-in?return=/bedrock-chat/ui`, user);
  const pairs = browser.cookieFor(`${url}/bedrock-chat/ui`).split("; ");
  return { Cookie: pairs.find((pair) => pair.startsWith("specchat_session=")) ?? "" };
}

async function takeCookie(url: string): Promise<Headers> {
  const response = await fetch(`${url}/bedrock-chat/ui`);
  const pairs = response.headers.getSetCookie().map((cookie) => cookie.split(";")[0]);
  return { Cookie: pairs.join("; ") };
}

const changeEnd = (text: string) => `${text.slice(0, -6)}${text.endsWith("AAAAAA") ? "BBBBBB" : "AAAAAA"}`;

export const CALLER_KINDS: Readonly<Record<string, CallerKind>> = {
  "a stranger": {
    isKnown: false,
    // Without authentication a browser is known by its cookie.
    headersOf: async (user, url) => (user === "ada" ? await takeCookie(url) : {}),
    forgeries: async () => [
      { Cookie: "specchat_caller=ada" },
      { Cookie: "__Host-specchat_caller=ada.bm90LXNpZ25lZA" },
      { Cookie: "specchat_session=x" },
      { "X-User": "ada" },
      bearer(KEYS.ada),
    ],
  },
  "an API key": {
    isKnown: true,
    headersOf: async (user) => bearer(KEYS[user]),
    forgeries: async () => [
      bearer(KEYS.ada.toUpperCase()),
      bearer(KEYS.ada.slice(0, -1)),
      bearer("ada"),
      { "X-API-Key": `${KEYS.ada}, ${KEYS.mallory}` },
      { Authorization: `Basic ${btoa(`ada:${KEYS.ada}`)}` },
    ],
  },
  "a token": {
    isKnown: true,
    headersOf: async (user) => bearer(await sign(user)),
    forgeries: async () => [
      bearer(await sign("ada", { exp: 1 })),
      bearer(await sign("ada", { exp: undefined })),
      bearer(await sign("ada", { aud: "another" })),
      bearer(await sign("ada", {}, "another-key-with-more-than-32-bytes-x")),
      bearer(changeEnd(await sign("ada"))),
      bearer(signNothing({ sub: "ada-token", aud: "specchat", exp: 9_999_999_999 })),
      bearer(await sign("ada", { sub: "key:ada" })),
    ],
  },
  "a cookie of the sign-in": {
    isKnown: true,
    headersOf: signIn,
    forgeries: async ({ Cookie = "" }) => [
      { Cookie: changeEnd(Cookie) },
      { Cookie: Cookie.replace("specchat_session=", "specchat_caller=") },
      { Cookie: "specchat_session=ada" },
      { Cookie: `specchat_session=${await sign("ada")}` },
    ],
  },
  "a user of a proxy": {
    isKnown: true,
    headersOf: async (user) => ({ "X-User": `${user}-proxy`, "X-Forwarded-For": `192.0.2.${user.length}` }),
    forgeries: async () => [
      { "X-User": "ada-proxy, mallory-proxy" },
      { "X-User": "key:ada" },
      { "X-User": "" },
      { "X-Forwarded-User": "ada-proxy" },
    ],
  },
};
