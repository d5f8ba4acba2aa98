/**
 * The stand-in of the load figures, a process of its own: Bedrock's ConverseStream and the API of things, over plain sockets so
 * that it costs little beside the servers that are measured. It validates nothing; test/bedrock does. `PUT /behavior` takes a
 * `Behavior`, `GET /streams` returns the number of streams in
 * progress, `GET /connections` that of connections which had a model call.
 */
import { SocketWriter } from "../harness/socket-writer.ts";
import { createPiece, createToolUse } from "./replies.ts";
import type { Behavior } from "./types.ts";

interface Connection {
  /** Bytes of a request that is not complete. */
  rest: Buffer;
  readonly writer: SocketWriter;
  /** It has had a model call. */
  isModel: boolean;
  timer?: ReturnType<typeof setInterval> | undefined;
}

type Client = Bun.Socket<Connection>;

const NOTHING = Buffer.alloc(0);
const STREAM_HEAD = Buffer.from(
  "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.amazon.eventstream\r\nTransfer-Encoding: chunked\r\n\r\n",
);
let behavior: Behavior = { deltas: 20, intervalMs: 0, callsTool: false };
let streams = 0;
let connections = 0;

function toChunk(bytes: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from("\r\n")]);
}
const LAST_CHUNK = Buffer.from("0\r\n\r\n");

function sendJson(client: Client, value: unknown): void {
  const body = JSON.stringify(value);
  client.data.writer.write(
    Buffer.from(
      `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    ),
  );
}

function sendError(client: Client, status: number, type: string): void {
  const body = JSON.stringify({ message: "A fault of the stand-in." });
  client.data.writer.write(
    Buffer.from(
      `HTTP/1.1 ${status} Fault\r\nContent-Type: application/json\r\nx-amzn-errortype: ${type}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    ),
  );
}

const FAULTS: readonly ((client: Client) => void)[] = [
  (client) => sendError(client, 429, "ThrottlingException"),
  (client) => sendError(client, 500, "InternalServerException"),
  (client) => {
    const start = Array.from({ length: 5 }, (_, index) => toChunk(createPiece(index, 20)));
    client.data.writer.write(Buffer.concat([STREAM_HEAD, ...start]));
    client.end();
  },
];

/** Whether the last message of a request has the result of a tool. */
function hasToolResult(body: Buffer): boolean {
  const last = JSON.parse(body.toString()).messages.at(-1);
  return last.content.some((block: object) => "toolResult" in block);
}

function sendReply(client: Client, body: Buffer): void {
  const { deltas, intervalMs, callsTool, faults = 0 } = behavior;
  if (Math.random() < faults) {
    FAULTS[Math.floor(Math.random() * FAULTS.length)]?.(client);
    return;
  }
  if (callsTool && !hasToolResult(body)) {
    client.data.writer.write(Buffer.concat([STREAM_HEAD, toChunk(createToolUse()), LAST_CHUNK]));
    return;
  }
  const createChunk = (index: number) => toChunk(createPiece(index, deltas));
  if (intervalMs === 0) {
    const chunks = Array.from({ length: deltas }, (_, index) => createChunk(index));
    client.data.writer.write(Buffer.concat([STREAM_HEAD, ...chunks, LAST_CHUNK]));
    return;
  }
  streams += 1;
  let index = 0;
  client.data.writer.write(Buffer.concat([STREAM_HEAD, createChunk(index++)]));
  client.data.timer = setInterval(() => {
    const chunk = createChunk(index++);
    client.data.writer.write(index === deltas ? Buffer.concat([chunk, LAST_CHUNK]) : chunk);
    if (index === deltas) endStream(client);
  }, intervalMs);
}

function endStream(client: Client): void {
  if (client.data.timer === undefined) return;
  clearInterval(client.data.timer);
  client.data.timer = undefined;
  streams -= 1;
}

const PART = { id: 7, name: "a part of a thing", price: 9.5, tags: ["a", "b"] };

/** Returns a thing of about so many bytes. */
function createThing(bytes: number | undefined) {
  const thing = { id: 7, name: "a thing", tags: ["a", "b"] };
  if (bytes === undefined) return thing;
  const count = Math.floor(bytes / (JSON.stringify(PART).length + 1));
  return { ...thing, parts: Array.from({ length: count }, () => PART) };
}

function respond(client: Client, target: string, body: Buffer): void {
  if (target.endsWith("/converse-stream")) {
    if (!client.data.isModel) connections += 1;
    client.data.isModel = true;
    sendReply(client, body);
  } else if (target === "/behavior") {
    behavior = JSON.parse(body.toString());
    sendJson(client, {});
  } else if (target === "/streams") sendJson(client, streams);
  else if (target === "/connections") sendJson(client, connections);
  else sendJson(client, createThing(behavior.resultBytes));
}

/** Responds to all complete requests of a connection. */
function receive(client: Client, bytes: Buffer): void {
  let all = client.data.rest.length === 0 ? bytes : Buffer.concat([client.data.rest, bytes]);
  for (;;) {
    const end = all.indexOf("\r\n\r\n");
    if (end === -1) break;
    const head = all.toString("latin1", 0, end);
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
    if (all.length < end + 4 + length) break;
    const target = head.slice(head.indexOf(" ") + 1, head.indexOf(" HTTP/"));
    respond(client, target, all.subarray(end + 4, end + 4 + length));
    all = all.subarray(end + 4 + length);
  }
  client.data.rest = all.length === 0 ? NOTHING : Buffer.from(all);
}

const server = Bun.listen<Connection>({
  hostname: "127.0.0.1",
  port: 0,
  socket: {
    open(client) {
      client.data = { rest: NOTHING, isModel: false, writer: new SocketWriter(client) };
    },
    data: receive,
    drain: (client) => client.data.writer.drain(),
    close: endStream,
    error: endStream,
  },
});
process.stdout.write(`http://127.0.0.1:${server.port}\n`);
