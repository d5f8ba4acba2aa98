/** Requests that Bun's `fetch` cannot send, with the proxies of the environment. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { connect } from "node:net";
import { createFetch } from "../../src/app/fetch.ts";

const fixtures = `${import.meta.dir}/../fixtures`;
const certificate = await Bun.file(`${fixtures}/private-authority.pem`).text();
const key = await Bun.file(`${fixtures}/private-authority.key`).text();
const namedCertificate = await Bun.file(`${fixtures}/named-host.pem`).text();
const namedKey = await Bun.file(`${fixtures}/named-host.key`).text();

const answer: RequestListener = async (request, response) => {
  let body = "";
  for await (const chunk of request) body += chunk;
  response.end(`${request.method} ${request.url} ${body}`);
};
const plain = createServer(answer);
const encrypted = createTlsServer({ cert: certificate, key }, answer);
let proxy: Server;
let address: string;
const seen: string[] = [];

beforeAll(async () => {
  proxy = createServer((request, response) => {
    seen.push(`${request.method} ${request.url} ${request.headers["proxy-authorization"]}`);
    response.end("from the proxy");
  });
  proxy.on("connect", (request, socket, head) => {
    seen.push(`CONNECT ${request.url}`);
    const upstream = connect(portOf(encrypted), "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      upstream.write(head);
      socket.pipe(upstream).pipe(socket);
    });
    for (const end of [upstream, socket]) end.on("error", () => undefined);
  });
  for (const server of [plain, encrypted, proxy])
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = `http://user:secret@127.0.0.1:${portOf(proxy)}`;
});

beforeEach(() => {
  seen.length = 0;
});

afterAll(() => {
  for (const server of [plain, encrypted, proxy]) {
    server.closeAllConnections();
    server.close();
  }
});

function portOf(server: Pick<Server, "address">): number {
  const bound = server.address();
  return typeof bound === "object" && bound ? bound.port : 0;
}

const REQUESTS: readonly BunFetchRequestInit[] = [
  { method: "COPY", body: "a" },
  { method: "GET", body: "a" },
  { method: "PURGE" },
];

test("An unusual request goes through HTTP_PROXY", async () => {
  const send = createFetch({ proxies: { HTTP_PROXY: address } });
  const texts = await Promise.all(
    REQUESTS.map(async (init) => await (await send("http://api.test/x", init)).text()),
  );
  expect(texts).toEqual(REQUESTS.map(() => "from the proxy"));
  const credentials = `Basic ${btoa("user:secret")}`;
  expect(seen.toSorted()).toEqual(
    ["COPY", "GET", "PURGE"].map((method) => `${method} http://api.test/x ${credentials}`),
  );
});

test("An unusual request to an https address goes through a tunnel of HTTPS_PROXY", async () => {
  const send = createFetch({ proxies: { HTTPS_PROXY: address } });
  const url = `https://127.0.0.1:${portOf(encrypted)}/x`;
  const response = await send(url, { method: "COPY", body: "a", tls: { ca: certificate } });
  expect(await response.text()).toBe("COPY /x a");
  expect(seen).toEqual([`CONNECT 127.0.0.1:${portOf(encrypted)}`]);
});

test("NO_PROXY names hosts that are reached directly", async () => {
  const send = createFetch({ proxies: { HTTP_PROXY: address, NO_PROXY: "127.0.0.1" } });
  const response = await send(`http://127.0.0.1:${portOf(plain)}/x`, { method: "GET", body: "a" });
  expect(await response.text()).toBe("GET /x a");
  expect(seen).toEqual([]);
});

test("Without proxies every method reaches the server", async () => {
  const send = createFetch();
  const texts = await Promise.all(
    REQUESTS.map(async (init) => await (await send(`http://127.0.0.1:${portOf(plain)}/x`, init)).text()),
  );
  expect(texts).toEqual(["COPY /x a", "GET /x a", "PURGE /x "]);
});

describe("A host name", () => {
  const named = createTlsServer(
    { cert: namedCertificate, key: namedKey },
    (request, response) => void response.end(`${request.method} ${request.headers.host}`),
  );
  beforeAll(() => new Promise<void>((resolve) => named.listen(0, "127.0.0.1", resolve)));
  afterAll(() => {
    named.closeAllConnections();
    named.close();
  });
  const urlOf = (host: string) => `https://${host}:${portOf(named)}/x`;
  const send = createFetch({ lookup: async () => ["127.0.0.1"] });
  const methods = ["GET", "PURGE"];

  test.each(methods)("is in the Host header of %s, and its certificate is checked.", async (method) => {
    const init = { method, tls: { ca: namedCertificate } };
    expect(await (await send(urlOf("api.test"), init)).text()).toBe(`${method} api.test:${portOf(named)}`);
    const problem = await send(urlOf("other.test"), init).catch(({ code }) => code);
    expect(problem).toBe("ERR_TLS_CERT_ALTNAME_INVALID");
  });

  test("is looked up once for a connection, and its addresses are tried one after the other.", async () => {
    let lookups = 0;
    const send = createFetch({
      lookup: async () => {
        lookups++;
        return ["127.0.0.2", "127.0.0.1"];
      },
    });
    const url = `http://api.test:${portOf(plain)}/x`;
    expect(await (await send(url, { method: "POST", body: "a" })).text()).toBe("POST /x a");
    expect(lookups).toBe(1);
  });

  test("that cannot be looked up in time does not outlast the request.", async () => {
    const send = createFetch({ lookup: () => new Promise(() => undefined) });
    const stop = new AbortController();
    const waiting = send("http://api.test/", { signal: stop.signal });
    stop.abort(new Error("stopped"));
    await expect(waiting).rejects.toThrow("stopped");
  });

  test("is left to a proxy, unless it is known to have a refused address.", async () => {
    const proxied = (host: string) =>
      createFetch({
        proxies: { HTTP_PROXY: address },
        lookup: (name) =>
          name === "meta.test" ? Promise.resolve(["169.254.1.1"]) : Promise.reject(new Error()),
      })(`http://${host}/x`, { method: "PURGE" });
    expect(await (await proxied("api.test")).text()).toBe("from the proxy");
    await expect(proxied("meta.test")).rejects.toThrow("169.254.1.1");
    expect(seen.map((line) => line.split(" ")[1])).toEqual(["http://api.test/x"]);
  });
});
