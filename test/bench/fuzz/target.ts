/** The server that is attacked: real sockets on loopback, an API of things, and the strict stand-in for Bedrock. */
import { type RecordedRequest, startBedrock } from "../../bedrock/index.ts";
import { createBedrockAt, MODEL, NativeClient, startApi, startSpecchat } from "../../support/harness.ts";
import { inTime } from "./surface.ts";

export interface Target {
  /** What the names of its surfaces end with. */
  readonly suffix: string;
  readonly url: string;
  /** What authenticates a client, where the server demands that. */
  readonly headers: Readonly<Record<string, string>>;
  readonly api: { readonly spec: string; readonly url: string };
  /** @throws Error when the last case caused an unexpected error or a request that Bedrock refuses; sometimes asks as a healthy client. */
  verify(): Promise<void>;
  stop(): Promise<void>;
}

/** A healthy client asks after so many cases. */
const HEALTH_INTERVAL = 100;

/** The API key of the client. */
export const API_KEY = "key-of-the-fuzzer-0123456789";
const ACCESS: readonly string[] = [
  ...["--api-keys", `fuzz:${API_KEY}`, "--jwt-key", "a-key-of-tokens-with-more-than-32-bytes"],
  ...["--jwt-audience", "specchat", "--alb-signer"],
  "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/chat/0123456789abcdef",
  ...["--identity-headers", "user=X-User", "--identity-proxies", "192.0.2.1"],
  ...["--oidc-issuer", "http://127.0.0.1:9", "--oidc-client-id", "page", "--cookie-secret", "c".repeat(32)],
  ...["--roles", JSON.stringify({ defaults: { allow: ["*"] }, roles: {} })],
];

/** @param isProtected whether the server demands authentication, with every method there is. */
export async function startTarget(isProtected: boolean): Promise<Target> {
  const [bedrock, api] = await Promise.all([startBedrock(), startApi()]);
  bedrock.script(replyTo);
  const specchat = await startSpecchat({
    argv: [
      ...["--spec", api.spec, "--base-url", api.url, "--model", MODEL, "--store", "memory"],
      ...["--detach-grace", "0", "--trusted-proxies", "1", "--forward-headers", "x-tenant"],
      ...(isProtected ? ACCESS : []),
    ],
    model: createBedrockAt(bedrock.url),
  });
  const headers = isProtected ? { Authorization: `Bearer ${API_KEY}` } : {};
  let count = 0;
  // A run has a million cases: what they leave in the recorders is taken out after each.
  const take = <Entry>(entries: readonly Entry[]) => (entries as Entry[]).splice(0);
  return {
    suffix: isProtected ? ", authenticated" : "",
    url: specchat.url,
    headers,
    api,
    async verify() {
      const [errors, requests] = [take(specchat.log).filter(isUnexpected), take(bedrock.requests)];
      take(api.requests);
      if (errors.length > 0) throw new Error(`logged: ${errors.join("").slice(0, 2000)}`);
      const refused = requests.find(({ refusal }) => refusal !== undefined);
      if (refused) throw new Error(`Bedrock refused: ${refused.refusal?.message}`);
      if (count++ % HEALTH_INTERVAL === 0)
        await inTime(askHealthily(specchat.url, headers), "a healthy client");
    },
    async stop() {
      await specchat.stop();
      await Promise.all([bedrock.stop(), api.stop()]);
    },
  };
}

/** Returns whether a line of the log is an error that is no failure of the model. */
function isUnexpected(line: string): boolean {
  return line.includes("Z ERROR ") && !/ turn failed .* code=(?!internal)/.test(line);
}

interface ToolConfig {
  readonly tools?: readonly { readonly toolSpec?: { readonly name: string } }[];
  readonly toolChoice?: { readonly tool?: { readonly name: string } };
}

/** Calls the tool that the request demands, and one that needs approval when the last text is "write". */
function replyTo({ body }: Pick<RecordedRequest, "body">) {
  const messages = body.messages as { readonly content: readonly { readonly text?: string }[] }[];
  const { tools = [], toolChoice } = (body.toolConfig ?? {}) as ToolConfig;
  if (toolChoice?.tool) return { calls: [{ name: toolChoice.tool.name, input: {} }] };
  const isOffered = tools.some(({ toolSpec }) => toolSpec?.name === "createThing");
  return isOffered && messages.at(-1)?.content.at(-1)?.text === "write"
    ? { calls: [{ name: "createThing", input: { name: "a" } }] }
    : { text: "ok" };
}

async function askHealthily(url: string, headers: Target["headers"]): Promise<void> {
  const client = await NativeClient.connect(url, headers);
  const last = (await client.runTurn("Are you well?")).at(-1);
  client.close();
  if (last?.type !== "ai_response") throw new Error(`a healthy client got ${JSON.stringify(last)}`);
}
