/** An HTTP API on a bare socket, so that every method arrives and every byte is kept. */
import { createServer, type Socket } from "node:net";

/** A request as it was sent. Header names keep their case. */
export interface RawRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** The response to every request. By default 200 with `{"ok":true}`. */
export interface RawResponse {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly bodyBase64?: string;
  /** Sent in chunks, one after the other. */
  readonly pieces?: readonly { readonly text: string; readonly afterMs?: number }[];
  /** Leaves the connection open after the last piece. */
  readonly stayOpen?: boolean;
}

export interface RawApi {
  readonly url: string;
  readonly requests: readonly RawRequest[];
  stop(): Promise<void>;
}

export async function startRawApi(response: RawResponse = {}): Promise<RawApi> {
  const requests: RawRequest[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    let received = Buffer.alloc(0);
    socket.on("data", async (chunk) => {
      received = Buffer.concat([received, typeof chunk === "string" ? Buffer.from(chunk) : chunk]);
      const request = parseRequest(received);
      if (request === undefined) return;
      received = Buffer.alloc(0);
      requests.push(request);
      await respond(socket, response, request.method);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Returns undefined while the request is incomplete. */
function parseRequest(bytes: Buffer): RawRequest | undefined {
  const end = bytes.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const [requestLine = "", ...lines] = bytes.subarray(0, end).toString("latin1").split("\r\n");
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]),
  );
  const find = (name: string) =>
    Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1] ?? undefined;
  const [method = "", target = ""] = requestLine.split(" ");
  const rest = bytes.subarray(end + 4);
  const body: Buffer | undefined = find("transfer-encoding")?.includes("chunked")
    ? joinChunks(rest)
    : rest.length >= Number(find("content-length") ?? 0)
      ? rest
      : undefined;
  return body === undefined ? undefined : { method, target, headers, body: new Uint8Array(body) };
}

function joinChunks(bytes: Buffer): Buffer | undefined {
  const chunks: Buffer[] = [];
  for (let at = 0; ; ) {
    const end = bytes.indexOf("\r\n", at);
    if (end < 0) return undefined;
    const size = Number.parseInt(bytes.subarray(at, end).toString("latin1"), 16);
    if (bytes.length < end + 4 + size) return undefined;
    if (size === 0) return Buffer.concat(chunks);
    chunks.push(bytes.subarray(end + 2, end + 2 + size));
    at = end + 4 + size;
  }
}

async function respond(socket: Socket, response: RawResponse, method: string): Promise<void> {
  const { status = 200, pieces } = response;
  const headers = response.headers ?? { "Content-Type": "application/json" };
  const body = Buffer.from(
    response.bodyBase64 ?? response.body ?? '{"ok":true}',
    response.bodyBase64 === undefined ? "utf8" : "base64",
  );
  const framing = pieces ? "Transfer-Encoding: chunked" : `Content-Length: ${body.length}`;
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`HTTP/1.1 ${status} -\r\n${head.join("")}${framing}\r\nConnection: keep-alive\r\n\r\n`);
  if (method === "HEAD") return;
  if (pieces === undefined) {
    socket.write(body);
    return;
  }
  for (const { text, afterMs = 0 } of pieces) {
    if (afterMs > 0) await Bun.sleep(afterMs);
    socket.write(`${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`);
  }
  if (!response.stayOpen) socket.write("0\r\n\r\n");
}
