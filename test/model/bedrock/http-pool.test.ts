import { expect, test } from "bun:test";
import { createServer, type Socket } from "node:net";
import { createHttpPool } from "../../../src/model/bedrock/http-pool.ts";
import type { HttpRequest } from "../../../src/model/bedrock/http-types.ts";
import { runAskCommand } from "./front-door.ts";

const OK = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

/** Starts a server whose `respond` receives each request with the number of its connection. */
async function startServer(respond: (socket: Socket, connection: number, request: string) => void) {
  let connections = 0;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    connections += 1;
    const number = connections;
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("data", (data) => respond(socket, number, data.toString()));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    port: typeof address === "object" ? (address?.port ?? 0) : 0,
    connections: () => connections,
    stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

function createRequest(port: number, fields: Partial<HttpRequest> = {}): HttpRequest {
  const body = Buffer.from("{}");
  const headers = { host: `127.0.0.1:${port}`, "content-length": "2" };
  return {
    method: "POST",
    protocol: "http:",
    hostname: "127.0.0.1",
    port,
    path: "/",
    query: {},
    headers,
    body,
    ...fields,
  };
}

const NEVER = new AbortController().signal;

async function readBody(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

test("A connection is used again, unless it was closed or more than its response has come.", async () => {
  const closed = Promise.withResolvers<void>();
  const server = await startServer((socket, connection, request) => {
    if (connection === 2) return socket.write(`${OK}HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nfalse`);
    socket.write(OK);
    if (request.startsWith("POST /last ")) socket.end(() => closed.resolve());
  });
  const pool = createHttpPool({ connectTimeoutMs: 5000 });
  const send = async (path: string) =>
    await readBody((await pool.send(createRequest(server.port, { path }), NEVER)).body);
  expect([await send("/first"), await send("/last"), server.connections()]).toEqual(["ok", "ok", 1]);
  await closed.promise;
  await Bun.sleep(20);
  expect([await send("/"), await send("/"), server.connections()]).toEqual(["ok", "ok", 3]);
  pool.close();
  server.stop();
});

test("What has arrived is read before the connection's end is an error.", async () => {
  const server = await startServer((socket) => {
    socket.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n");
    socket.end();
  });
  const pool = createHttpPool({ connectTimeoutMs: 5000 });
  const { body } = await pool.send(createRequest(server.port), NEVER);
  await Bun.sleep(20);
  const read: string[] = [];
  const readAll = async () => {
    for await (const chunk of body) read.push(Buffer.from(chunk).toString());
  };
  await expect(readAll()).rejects.toMatchObject({ code: "ECONNRESET" });
  expect(read).toEqual(["abc"]);
  server.stop();
});

test("A large request and a response that is read late arrive whole.", async () => {
  const size = 3_000_000;
  let received = 0;
  const server = await startServer((socket, _, data) => {
    received += data.length;
    if (received < size) return;
    socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${size}\r\n\r\n`);
    socket.write("a".repeat(size));
  });
  const pool = createHttpPool({ connectTimeoutMs: 5000 });
  const body = Buffer.alloc(size, 98);
  const headers = { host: "127.0.0.1", "content-length": String(size) };
  const response = await pool.send(createRequest(server.port, { body, headers }), NEVER);
  await Bun.sleep(50);
  expect((await readBody(response.body)).length).toBe(size);
  pool.close();
  server.stop();
});

test("A server that does not complete the handshake within the limit is a TimeoutError; an abort does not wait.", async () => {
  const server = await startServer(() => {});
  const pool = createHttpPool({ connectTimeoutMs: 100 });
  const request = createRequest(server.port, { protocol: "https:" });
  await expect(pool.send(request, NEVER)).rejects.toMatchObject({ name: "TimeoutError" });
  const patient = createHttpPool({ connectTimeoutMs: 60_000 });
  const abort = new AbortController();
  const sending = patient.send(request, abort.signal);
  abort.abort(new Error("stopped"));
  await expect(sending).rejects.toThrow("stopped");
  server.stop();
});

test("A header with a line break is not sent.", async () => {
  const server = await startServer((socket) => socket.write(OK));
  const pool = createHttpPool({ connectTimeoutMs: 5000 });
  const request = createRequest(server.port, { headers: { host: "a", authorization: "Bearer a\r\nx: y" } });
  await expect(pool.send(request, NEVER)).rejects.toThrow("line break");
  server.stop();
});

test("A certificate of another host is refused, although its authority is trusted.", async () => {
  const fixtures = `${import.meta.dir}/../../fixtures`;
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    tls: { cert: Bun.file(`${fixtures}/named-host.pem`), key: Bun.file(`${fixtures}/named-host.key`) },
    fetch: () => new Response("never"),
  });
  const argv = ["--bedrock-endpoint", `https://127.0.0.1:${server.port}`, "--max-retries", "0"];
  const trusted = { NODE_EXTRA_CA_CERTS: `${fixtures}/named-host.pem` };
  const { code, stderr } = await runAskCommand(argv, trusted);
  expect([code, stderr]).toEqual([1, expect.stringContaining("ERR_TLS_CERT_ALTNAME_INVALID")]);
  await server.stop(true);
}, 30_000);
