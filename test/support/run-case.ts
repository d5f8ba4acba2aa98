/** Carries out a case and returns what came of it. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseJson, stringifyJson } from "../../src/json.ts";
import type { Case, Outcome, SentPart, SentRequest } from "./case.ts";
import { NativeClient, startSpecchat } from "./harness.ts";
import { type RawRequest, startRawApi } from "./raw-api.ts";
import { runCommand } from "./run-command.ts";
import { createScriptedModel, replyWithCalls, replyWithText } from "./scripted-model.ts";

const CASES_FOLDER = join(import.meta.dir, "../fixtures/cases");

/** Carries out a case with the arguments at `choice`: 0 is `args`, the others are `or`. */
export async function runCase(one: Case, choice = 0): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), "specchat-case-"));
  try {
    const names = Object.keys(one.files ?? {});
    for (const [name, content] of Object.entries(one.files ?? {}))
      await Bun.write(join(folder, name), typeof content === "string" ? content : JSON.stringify(content));
    const spec = names[0] === undefined ? join(CASES_FOLDER, one.document ?? "") : join(folder, names[0]);
    const options = (one.options ?? []).map((option) => option.replace("{FOLDER}", folder));
    const argv = ["--spec", spec, ...options];
    if (one.list) return await listTools(argv);
    if (one.chat) return await chat(one, argv);
    return await call(one, argv, choice);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function listTools(argv: readonly string[]): Promise<Outcome> {
  const { out, err } = await runCommand(["tools", "--json", ...argv]);
  return { requests: [], tools: out === "" ? [] : JSON.parse(out), out, err };
}

async function call(one: Case, argv: readonly string[], choice: number): Promise<Outcome> {
  const { tool = "", args = {}, or = [] } = one.call ?? {};
  const values = choice === 0 ? args : or[choice - 1];
  const text = typeof values === "string" ? values : JSON.stringify(values);
  const command = ["call", tool, "--args", text, "--show-secrets"];
  if (one.wire) {
    const api = await startRawApi(one.answer);
    try {
      const { out, err } = await runCommand([...command, "--base-url", api.url, ...argv]);
      return { requests: api.requests.map((request) => toSent(request, api.url)), tools: [], out, err };
    } finally {
      await api.stop();
    }
  }
  const base = "http://api.local";
  const isAddressed = one.expect.url !== undefined;
  const run = await runCommand([
    ...command,
    "--dry-run",
    ...(isAddressed ? [] : ["--base-url", base]),
    ...argv,
  ]);
  const { out, err, code } = run;
  return { requests: code === 0 ? [toPrinted(out, base)] : [], tools: [], out, err };
}

async function chat(one: Case, argv: readonly string[]): Promise<Outcome> {
  const { tool = "", args = {}, attachments = [] } = one.chat ?? {};
  const api = await startRawApi(one.answer);
  const model = createScriptedModel([replyWithCalls(["c1", tool, args]), replyWithText("Done.")]);
  const specchat = await startSpecchat({
    argv: [...argv, "--approve", "none", "--base-url", api.url],
    model,
  });
  try {
    const client = await NativeClient.connect(specchat.url);
    client.send({
      type: "message",
      message: "Do it.",
      attachments: attachments.map(({ name, type, base64 }) => ({ name, media_type: type, data: base64 })),
    });
    await client.waitFor("ai_response", "error");
    client.close();
    const results = model.requests[1]?.messages.flatMap((message) =>
      message.role === "results" ? message.results.map(({ content }) => content) : [],
    );
    return {
      requests: api.requests.map((request) => toSent(request, api.url)),
      tools: [],
      out: "",
      err: specchat.log.join("\n"),
      result: results?.join("\n"),
    };
  } finally {
    await specchat.stop();
    await api.stop();
  }
}

function toSent({ method, target, headers, body }: RawRequest, base: string): SentRequest {
  const type = Object.entries(headers).find(([name]) => name.toLowerCase() === "content-type")?.[1];
  return { method, target, url: base + target, headers, body, parts: splitParts(body, type ?? "") };
}

function splitParts(body: Uint8Array, type: string): readonly SentPart[] | undefined {
  const boundary = /^multipart\/.*boundary="?([^";]+)/i.exec(type)?.[1];
  if (boundary === undefined) return undefined;
  return Buffer.from(body)
    .toString("latin1")
    .split(`--${boundary}`)
    .slice(1, -1)
    .map((part) => {
      const end = part.indexOf("\r\n\r\n");
      const head = Buffer.from(part.slice(0, end), "latin1").toString("utf8");
      return {
        name: /[; ]name="([^"]*)"/i.exec(head)?.[1] ?? "",
        filename: /filename="([^"]*)"/i.exec(head)?.[1],
        type: /content-type: *(.*)/i.exec(head)?.[1],
        content: new Uint8Array(Buffer.from(part.slice(end + 4, -2), "latin1")),
      };
    });
}

interface PrintedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: string | null | readonly PrintedPart[];
}

interface PrintedPart {
  readonly name: string;
  readonly filename?: string;
  readonly contentType?: string;
  readonly content: string;
}

function toPrinted(out: string, base: string): SentRequest {
  const { method, url, headers, body } = parseJson(out) as PrintedRequest;
  const target = url.startsWith(base) ? url.slice(base.length) : url;
  const bytes = (text: string) => new TextEncoder().encode(text);
  const text = typeof body === "string" ? body : body === null ? "" : stringifyJson(body);
  const parts = Array.isArray(body)
    ? body.map((part: PrintedPart) => ({
        name: part.name,
        filename: part.filename,
        type: part.contentType,
        content: bytes(part.content),
      }))
    : undefined;
  return { method, url, target, headers, body: bytes(text), parts };
}
