/** Long bodies that are received at the same time: their room is bounded for each caller and for all. */
import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { connect, type Socket } from "node:net";
import { MODEL, type Specchat, startSpecchat } from "../support/harness.ts";
import { createScriptedModel, USAGE } from "../support/scripted-model.ts";

/** Bytes of a body, of which a caller may upload two at the same time, as may all together. */
const LENGTH = 200_000;

let server: Specchat;
const uploads: Upload[] = [];
const [ADA, BOB] = ["192.0.2.1", "192.0.2.2"] as const;

beforeAll(async () => {
  const end = { type: "end", stopReason: "end_turn", usage: USAGE } as const;
  server = await startSpecchat({
    argv: [
      ...["--model", MODEL, "--trusted-proxies", "1"],
      ...["--max-caller-uploads-size", "500000", "--max-uploads-size", "550000"],
    ],
    model: createScriptedModel(() => [{ type: "text", text: "Well." }, end]),
  });
});

afterAll(async () => await server.stop());
beforeEach(() => {
  for (const upload of uploads.splice(0)) upload.close();
});

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** A request whose body arrives in parts. */
class Upload {
  readonly #socket: Socket;
  readonly #received = Promise.withResolvers<string>();
  #text = "";

  readonly address: string;

  constructor(path: string, address: string, lengthHeader: string) {
    this.address = address;
    this.#socket = connect(Number(new URL(server.url).port), "127.0.0.1");
    this.#socket.on("data", (data) => {
      this.#text += data.toString();
    });
    this.#socket.on("close", () => this.#received.resolve(this.#text));
    this.#socket.on("error", () => {});
    const headers = [
      `POST ${path} HTTP/1.1`,
      `Host: ${new URL(server.url).host}`,
      `X-Forwarded-For: ${address}`,
      "Content-Type: application/json",
      "Connection: close",
      lengthHeader,
    ];
    this.#socket.write(`${headers.join("\r\n")}\r\n\r\n`);
    uploads.push(this);
  }

  write(text: string): void {
    this.#socket.write(text);
  }

  /** Resolves with the response once the connection is closed. */
  async answer(): Promise<Answer> {
    const [head = "", ...body] = (await this.#received.promise).split("\r\n\r\n");
    const [status = "", ...lines] = head.split("\r\n");
    const headers = lines.map((line) => line.split(/: (.*)/s).slice(0, 2) as [string, string]);
    return {
      status: Number(status.split(" ")[1]),
      headers: new Headers(headers),
      body: body.join("\r\n\r\n"),
    };
  }

  close(): void {
    this.#socket.destroy();
  }
}

const COMPLETIONS = "/v1/chat/completions";
const TEXT = JSON.stringify({ model: MODEL, messages: [{ role: "user", content: "hello" }] });
const LONG = TEXT + " ".repeat(LENGTH);

/** Begins to upload long bodies, of which the second halves are missing. Resolves with the first that is refused, and the others. */
async function beginAll(
  addresses: readonly string[],
  { path = COMPLETIONS, isChunked = false } = {},
): Promise<{ readonly refused: Answer; readonly others: readonly Upload[] }> {
  const lengthHeader = isChunked ? "Transfer-Encoding: chunked" : `Content-Length: ${LONG.length}`;
  const begun = addresses.map((address) => new Upload(path, address, lengthHeader));
  for (const upload of begun) upload.write(isChunked ? toChunk(LONG) : LONG.slice(0, LENGTH / 2));
  const [refused, first] = await Promise.race(
    begun.map(async (upload) => [upload, await upload.answer()] as const),
  );
  return { refused: first, others: begun.filter((upload) => upload !== refused) };
}

const toChunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;

async function finish(upload: Upload, rest = LONG.slice(LENGTH / 2)): Promise<number> {
  upload.write(rest);
  return (await upload.answer()).status;
}

async function post(address: string, body: string): Promise<number> {
  const response = await fetch(`${server.url}${COMPLETIONS}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Forwarded-For": address },
    body,
  });
  await response.text();
  return response.status;
}

test("a long body beyond the room of its caller gets 429, and those before it are received to their end", async () => {
  const { refused, others } = await beginAll([ADA, ADA, ADA]);
  expect([refused.status, refused.headers.get("retry-after"), refused.headers.get("x-should-retry")]).toEqual(
    [429, "5", null],
  );
  expect(JSON.parse(refused.body)).toMatchObject({
    error: {
      code: "rate_limited",
      message: "Too many long requests of yours are being received. Please try again in a few seconds.",
    },
  });
  expect([await post(ADA, TEXT), await post(BOB, TEXT)]).toEqual([200, 200]);
  expect(await Promise.all(others.map((upload) => finish(upload)))).toEqual([200, 200]);
  expect(await post(ADA, LONG)).toBe(200);
});

test("when the room of all is used up, a body of the caller with the most makes room", async () => {
  const { refused, others } = await beginAll([ADA, BOB, ADA]);
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "5"]);
  expect(refused.body).toContain("The server is receiving too many long requests.");
  expect(others.map(({ address }) => address).toSorted()).toEqual([ADA, BOB]);
  expect(await Promise.all(others.map((upload) => finish(upload)))).toEqual([200, 200]);
});

test("a client that goes away gives its room back", async () => {
  const { others } = await beginAll([ADA, ADA, ADA]);
  for (const upload of others) upload.close();
  // The server hears of it at its own pace.
  while ((await post(ADA, LONG)) !== 200) await Bun.sleep(1);
});

test("a body without a length takes the room of what has arrived", async () => {
  const { refused, others } = await beginAll([ADA, ADA, ADA], { isChunked: true });
  expect(refused.status).toBe(429);
  expect(await Promise.all(others.map((upload) => finish(upload, "0\r\n\r\n")))).toEqual([200, 200]);
});

test.each([
  "/v1/responses",
  "/v1/messages",
  "/v1/messages/count_tokens",
  "/bedrock-chat/ag-ui",
  "/bedrock-chat/ai",
  "/api/v1/chat",
  "/api/v1/chat/stream",
  "/api/agent/stream",
  "/api/chat/message",
  "/mcp",
])("%s refuses a body beyond the room too, and says when to try again", async (path) => {
  const { refused } = await beginAll([ADA, ADA, ADA], { path });
  expect([refused.status, refused.headers.get("retry-after"), refused.body]).toEqual([
    429,
    "5",
    expect.stringContaining("Too many long requests of yours are being received."),
  ]);
});
