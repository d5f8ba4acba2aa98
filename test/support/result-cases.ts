/** Runs the cases of `test/fixtures/results`: calls of a real server, whose API responds with lists in pages. */
import { tmpdir } from "node:os";
import { parseJson } from "../../src/json.ts";
import { NativeClient, type Specchat, startSpecchat } from "./harness.ts";
import { createScriptedModel, replyWithCalls, replyWithText } from "./scripted-model.ts";

/** One response of an operation, for requests whose query fits. */
export interface CaseAnswer {
  /** Query parameter → value. Null: the parameter is absent. */
  readonly when?: Readonly<Record<string, unknown>>;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** `{url}` stands for the address of the operation, `{elsewhere}` for another host. */
  readonly body: unknown;
}

/** An operation `GET /<id>`, its parameters and responses. */
export interface CaseOperation {
  readonly id: string;
  /** Query parameter → schema. A schema with `in` is a parameter in another place. */
  readonly parameters?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly answers: readonly CaseAnswer[];
}

export interface ResultCaseServer {
  readonly requests: readonly string[];
  /** Makes one call and returns what the model reads. */
  call(tool: string, values: Record<string, unknown>): Promise<string>;
  stop(): Promise<void>;
}

const ELSEWHERE = "https://elsewhere.example";

/** Starts an API with the operations, and a server for it. */
export async function startResultCases(operations: readonly CaseOperation[]): Promise<ResultCaseServer> {
  const requests: string[] = [];
  const api = Bun.serve({
    port: 0,
    fetch: (request) => {
      const url = new URL(request.url);
      requests.push(`${request.method} ${decodeURIComponent(url.pathname + url.search)}`);
      const operation = operations.find(({ id }) => url.pathname === `/${id}`);
      return operation ? respond(operation, request, url) : new Response("no such path", { status: 404 });
    },
  });
  const address = `http://127.0.0.1:${api.port}`;
  const calls: [string, string, Record<string, unknown>][] = [];
  const model = createScriptedModel((request) =>
    request.messages.at(-1)?.role === "results" ? replyWithText("Done.") : replyWithCalls(...calls),
  );
  const spec = `${tmpdir()}/specchat-results-${crypto.randomUUID()}.json`;
  await Bun.write(spec, JSON.stringify(createDocument(operations, address)));
  const specchat: Specchat = await startSpecchat({
    argv: ["--spec", spec, "--approve", "none", "--base-url", address, "--no-summarize"],
    model,
  });
  const client = await NativeClient.connect(specchat.url);
  return {
    requests,
    async call(tool, values) {
      calls.splice(0, calls.length, [`c${model.requests.length}`, tool, values]);
      client.send({ message: "go" });
      await client.waitFor("ai_response", "error");
      const message = model.requests.at(-1)?.messages.at(-1);
      return message?.role === "results" ? (message.results[0]?.content ?? "") : "";
    },
    async stop() {
      client.close();
      await specchat.stop();
      await api.stop(true);
      await Bun.file(spec).delete();
    },
  };
}

function respond(operation: CaseOperation, request: Request, url: URL): Response {
  const matches = ({ when = {} }: CaseAnswer) =>
    Object.entries(when).every(([name, value]) => {
      const place = operation.parameters?.[name]?.in;
      const sent = place === "header" ? request.headers.get(name) : url.searchParams.get(name);
      return value === null ? sent === null : sent === String(value);
    });
  const answer = operation.answers.find(matches);
  if (!answer) return Response.json({ error: `unexpected query ${url.search}` }, { status: 400 });
  const fill = (text: string) =>
    text.replaceAll("{url}", `${url.origin}${url.pathname}`).replaceAll("{elsewhere}", ELSEWHERE);
  const headers = Object.entries(answer.headers ?? {}).map(([name, value]) => [name, fill(value)] as const);
  return new Response(fill(JSON.stringify(answer.body)), {
    status: answer.status ?? 200,
    headers: { "Content-Type": "application/json", ...Object.fromEntries(headers) },
  });
}

function createDocument(operations: readonly CaseOperation[], address: string): unknown {
  const paths = operations.map(({ id, parameters = {} }) => [
    `/${id}`,
    {
      get: {
        operationId: id,
        summary: `List ${id}`,
        parameters: Object.entries(parameters).map(([name, { in: place = "query", ...schema }]) => ({
          name,
          in: place,
          schema,
        })),
        responses: { "200": { description: "The list" } },
      },
    },
  ]);
  return {
    openapi: "3.1.0",
    info: { title: "Lists", version: "1" },
    servers: [{ url: address }],
    paths: Object.fromEntries(paths),
  };
}

/** A list, or the value that a filter selects, and the lines above it. */
export interface ReadContent {
  readonly head: string;
  readonly value: unknown;
}

export function readContent(content: string): ReadContent {
  const starts = [...content.matchAll(/(?:^|\n\n)/g)].map(({ index, 0: gap }) => index + gap.length);
  for (const start of starts) {
    try {
      return { head: content.slice(0, start), value: parseJson(content.slice(start)) };
    } catch {
      // The value begins later.
    }
  }
  return { head: content, value: undefined };
}
