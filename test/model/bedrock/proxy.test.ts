import { afterAll, beforeAll, expect, test } from "bun:test";
import { createServer, type Server } from "node:net";
import { collectOutcome, createTestBed, textOf } from "./setup.ts";

/** A proxy that responds 502 and records the request lines. */
let proxy: Server;
let address: string;
const requestLines: string[] = [];
beforeAll(async () => {
  proxy = createServer((socket) => {
    socket.once("data", (data) => {
      requestLines.push(data.toString().split("\r\n")[0] ?? "");
      socket.end("HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n");
    });
    socket.on("error", () => socket.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const bound = proxy.address();
  address = `http://127.0.0.1:${typeof bound === "object" && bound !== null ? bound.port : 0}`;
});
afterAll(() => {
  proxy.close();
});

test("an HTTPS endpoint is reached through a tunnel of HTTPS_PROXY", async () => {
  const proxyEnvironment = { HTTPS_PROXY: address };
  const { bedrock, model } = await createTestBed({
    proxyEnvironment,
    endpoint: "https://bedrock.example:8443",
    maxRetries: 0,
  });
  expect((await collectOutcome(model)).error?.code).toBe("model_unavailable");
  expect(requestLines.at(-1)).toBe("CONNECT bedrock.example:8443 HTTP/1.1");
  model.close();
  await bedrock.stop();
});

test("bedrock-mantle is reached through the same proxy", async () => {
  const { bedrock, model } = await createTestBed({
    proxyEnvironment: { HTTPS_PROXY: address },
    mantleEndpoint: "https://mantle.example:8443",
    maxRetries: 0,
  });
  const { error } = await collectOutcome(model, { model: "google.gemma-4-31b" });
  expect([error?.code, requestLines.at(-1)]).toEqual([
    "model_unavailable",
    "CONNECT mantle.example:8443 HTTP/1.1",
  ]);
  model.close();
  await bedrock.stop();
});

test("an HTTP endpoint is reached through HTTP_PROXY, unless NO_PROXY names it", async () => {
  const proxied = await createTestBed({ proxyEnvironment: { HTTP_PROXY: address }, maxRetries: 0 });
  expect((await collectOutcome(proxied.model)).error?.code).toBe("model_unavailable");
  expect(requestLines.at(-1)).toStartWith(`POST ${proxied.bedrock.url}/model/`);
  const count = requestLines.length;
  const direct = await createTestBed({ proxyEnvironment: { HTTP_PROXY: address, NO_PROXY: "127.0.0.1" } });
  direct.bedrock.script([{ text: "direct" }]);
  expect(textOf(await collectOutcome(direct.model))).toBe("direct");
  expect(requestLines.length).toBe(count);
  for (const { model, bedrock } of [proxied, direct]) {
    model.close();
    await bedrock.stop();
  }
});
