/** The callers of the access matrix, their server, and what the right one owns. */
import { readEvents } from "../contracts/events.ts";
import { NativeClient, type RecordingApi, type Specchat, startApi, startSpecchat } from "./harness.ts";
import { createScriptedModel, replyWithCalls, replyWithText, type Script } from "./scripted-model.ts";
import { TokenIssuer } from "./token-issuer.ts";

/** In the order in which they try a request: the right one may delete what it is about. */
export const CALLERS = [
  "none",
  "wrong",
  "expired",
  "other user",
  "other organization",
  "wrong role",
  "right",
] as const;
export type CallerName = (typeof CALLERS)[number];

/** What the right caller owns. */
export interface Belongings {
  readonly session: string;
  readonly message: string;
  readonly call: string;
  readonly file: string;
  /** An approval over the native protocol, in a session of its own. */
  readonly approval: string;
  readonly waitingSession: string;
  /** An approval over the langchain protocol. */
  readonly request: string;
  readonly chat: string;
  readonly model: string;
  /** The id of a shared conversation of the waiting session's owner. */
  readonly share: string;
}

export interface Matrix {
  readonly specchat: Specchat;
  readonly headers: Readonly<Record<CallerName, Readonly<Record<string, string>>>>;
  readonly tokens: Readonly<Record<Exclude<CallerName, "none">, string>>;
  readonly belongings: Belongings;
  /** Returns the headers of a user with claims of its own. */
  signIn(claims: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, string>>>;
  stop(): Promise<void>;
}

const ROLES = {
  defaults: { allow: ["*"] },
  roles: {
    chat: { allow: ["*"] },
    administrator: { administrates: ["usage"] },
    auditor: { administrates: ["texts"] },
    guest: { allow: ["*"], protocols: [] },
  },
};

export async function startMatrix(...argv: readonly string[]): Promise<Matrix> {
  const [issuer, stranger, api] = await Promise.all([
    TokenIssuer.start(),
    TokenIssuer.start(),
    startThings(),
  ]);
  const specchat = await startSpecchat({
    argv: [
      ...["--spec", api.spec, "--base-url", api.url, ...issuer.argv, "--jwt-organization-claim", "org"],
      ...["--jwt-roles-claim", "roles", "--roles", JSON.stringify(ROLES)],
      ...["--auth-failure-limit", "100000/minute", "--share-links", ...argv],
      // A provider that is down: the routes of the sign-in are served all the same.
      ...[
        "--oidc-issuer",
        "http://127.0.0.1:9",
        "--oidc-client-id",
        "page",
        "--cookie-secret",
        "c".repeat(32),
      ],
    ],
    model: createScriptedModel(({ messages }) => replyTo(JSON.stringify(messages.at(-1)))),
  });
  const user = { org: "acme", roles: ["chat"] };
  const tokens = {
    wrong: await stranger.sign({ ...user, iss: issuer.issuer }),
    expired: await issuer.sign({ ...user, exp: Math.floor(Date.now() / 1000) - 600 }),
    "other user": await issuer.sign({ ...user, sub: "bob" }),
    "other organization": await issuer.sign({ ...user, org: "umbrella" }),
    "wrong role": await issuer.sign({ ...user, sub: "guest", roles: ["guest"] }),
    right: await issuer.sign({ ...user, roles: ["chat", "administrator"] }),
  };
  const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });
  const headers = {
    none: {},
    wrong: bearer(tokens.wrong),
    expired: bearer(tokens.expired),
    "other user": bearer(tokens["other user"]),
    "other organization": bearer(tokens["other organization"]),
    "wrong role": bearer(tokens["wrong role"]),
    right: bearer(tokens.right),
  };
  return {
    specchat,
    tokens,
    headers,
    signIn: async (claims) => bearer(await issuer.sign({ ...user, ...claims })),
    belongings: await createBelongings(specchat, headers.right),
    async stop() {
      await specchat.stop();
      await Promise.all([issuer.stop(), stranger.stop(), api.stop()]);
    },
  };
}

function replyTo(message: string): Script {
  if (message.includes("Read."))
    return replyWithCalls(["c1", "getThing", { id: 2 }], ["c2", "listThings", {}]);
  if (message.includes("Change.")) return replyWithCalls(["c3", "createThing", { name: "x" }]);
  return replyWithText("Done.");
}

/** The list of things is a file. */
function startThings(): Promise<RecordingApi> {
  return startApi((request) =>
    new URL(request.url).pathname === "/things" && request.method === "GET"
      ? new Response(new Uint8Array([0x50, 0x4b, 3, 4, 0, 255]), {
          headers: { "Content-Type": "application/zip" },
        })
      : Response.json({ id: 2 }),
  );
}

async function createBelongings(
  specchat: Specchat,
  headers: Readonly<Record<string, string>>,
): Promise<Belongings> {
  const { url } = specchat;
  const reader = await NativeClient.connect(url, headers);
  const { session_id: session } = await reader.waitFor("connection_established");
  const frames = await reader.runTurn("Read.");
  const message = frames.flatMap((frame) => (frame.type === "typing" ? frame.message_id : [])).join();
  const file = frames
    .flatMap((frame) => (frame.type === "tool_result" ? (frame.file?.url ?? []) : []))
    .join()
    .replace("./", "/bedrock-chat/");
  reader.close();

  const changer = await NativeClient.connect(url, headers);
  changer.send({ type: "hello", capabilities: ["approval"] });
  const { session_id: waitingSession } = await changer.waitFor("connection_established");
  changer.send({ message: "Change." });
  const { approval_id: approval } = await changer.waitFor("approval_request");
  changer.close();

  // The stream waits for the approval.
  const stream = await fetch(`${url}/api/v1/chat/stream`, {
    method: "POST",
    headers: { ...headers, "Content-Type": "application/json" },
    body: JSON.stringify({ message: "Change.", session_id: "matrix" }),
  });
  const events = readEvents(stream)[Symbol.asyncIterator]();
  let request = "";
  while (request === "") {
    const { done, value } = await events.next();
    if (done) throw new Error("the stream ended without a question");
    if (value.event === "approval_request") request = value.data.approval_id;
  }
  const { modelId: model } = specchat.app;
  const share = await shareConversation(url, headers);
  return {
    session,
    message,
    call: "c1",
    file,
    approval,
    waitingSession,
    request,
    chat: "matrix",
    model,
    share,
  };
}

/** Shares a session of its own. Returns the id of the share. */
async function shareConversation(url: string, headers: Readonly<Record<string, string>>): Promise<string> {
  const client = await NativeClient.connect(url, headers);
  const { session_id: session } = await client.waitFor("connection_established");
  await client.runTurn("Hello.");
  client.close();
  const shared = await fetch(`${url}/bedrock-chat/sessions/${session}/share`, { method: "PUT", headers });
  return (await shared.json()).share.share_id;
}
