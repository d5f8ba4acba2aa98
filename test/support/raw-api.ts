/** An API on a raw socket. It keeps the bytes of each request and takes any method, with or without a body. */
import { createServer, type Server, type Socket } from "node:net";

/** A request as it arrived. Header names are in lower case. */
export interface RawRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** The response to each request. By default 200 with `{"ok":true}`. */
export interface RawAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly bodyBase64?: string;
  /** Written one after the other, chunked. */
  readonly pieces?: readonly { readonly text: string; readonly afterMs?: number }[];
  /** Leaves the connection open after the pieces, without an end. */
  readonly stayOpen?: boolean;
  /** Closes the connection after the pieces, without an end. */
  readonly close?: boolean;
}

export interface RawApi {
  readonly url: string;
  readonly requests: readonly RawRequest[];
  stop(): void;
}

export async function startRawApi(
  answer: RawAnswer | ((request: RawRequest) => RawAnswer) = {},
): Promise<RawApi> {
  const requests: RawRequest[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {});
    let received: Buffer = Buffer.alloc(0);
    socket.on("data", (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      for (let parsed = parseRequest(received); parsed; parsed = parseRequest(received)) {
        received = received.subarray(parsed.length);
        requests.push(parsed.request);
        void respond(socket, parsed.request, typeof answer === "function" ? answer(parsed.request) : answer);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    stop() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Parses the first complete request; undefined while bytes are missing. */
function parseRequest(bytes: Buffer): { readonly request: RawRequest; readonly length: number } | undefined {
  const headEnd = bytes.indexOf("\r\n\r\n");
  if (headEnd < 0) return undefined;
  const [first = "", ...lines] = bytes.subarray(0, headEnd).toString("latin1").split("\r\n");
  const [method = "", target = ""] = first.split(" ");
  const headers = Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const start = headEnd + 4;
  if (headers["transfer-encoding"] === "chunked") {
    const chunked = parseChunks(bytes.subarray(start));
    return (
      chunked && { request: { method, target, headers, body: chunked.body }, length: start + chunked.length }
    );
  }
  const length = Number(headers["content-length"] ?? 0);
  if (bytes.length < start + length) return undefined;
  const body = Buffer.from(bytes.subarray(start, start + length));
  return { request: { method, target, headers, body }, length: start + length };
}

function parseChunks(bytes: Buffer): { readonly body: Buffer; readonly length: number } | undefined {
  const chunks: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = bytes.indexOf("\r\n", at);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(bytes.subarray(at, lineEnd).toString("latin1"), 16);
    const end = lineEnd + 2 + size + 2;
    if (bytes.length < end) return undefined;
    if (size === 0) return { body: Buffer.concat(chunks), length: end };
    chunks.push(Buffer.from(bytes.subarray(lineEnd + 2, end - 2)));
    at = end;
  }
}

async function respond(socket: Socket, { method }: RawRequest, answer: RawAnswer): Promise<void> {
  const { status = 200, headers = { "Content-Type": "application/json" }, pieces } = answer;
  const head = [
    `HTTP/1.1 ${status} X`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  if (!pieces) {
    const body =
      answer.bodyBase64 === undefined
        ? Buffer.from(answer.body ?? '{"ok":true}')
        : Buffer.from(answer.bodyBase64, "base64");
    socket.write([...head, `Content-Length: ${body.length}`, "", ""].join("\r\n"));
    if (method !== "HEAD") socket.write(body);
    return;
  }
  socket.write([...head, "Transfer-Encoding: chunked", "", ""].join("\r\n"));
  for (const { text, afterMs = 0 } of pieces) {
    await Bun.sleep(afterMs);
    socket.write(`${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`);
  }
  if (answer.close) socket.destroySoon();
  else if (!answer.stayOpen) socket.write("0\r\n\r\n");
}
