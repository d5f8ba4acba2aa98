import { afterAll, beforeAll, expect, test } from "bun:test";
import { createServer, type Server } from "node:net";
import { collectOutcome, createTestBed, textOf } from "./setup.ts";

/** A proxy that answers nothing and remembers what it was asked. */
let proxy: Server;
let address: string;
const asked: string[] = [];
beforeAll(async () => {
  proxy = createServer((socket) => {
    socket.once("data", (data) => {
      asked.push(data.toString().split("\r\n")[0] ?? "");
      socket.end("HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n");
    });
    socket.on("error", () => socket.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const at = proxy.address();
  address = `http://127.0.0.1:${typeof at === "object" && at !== null ? at.port : 0}`;
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
  expect(asked.at(-1)).toBe("CONNECT bedrock.example:8443 HTTP/1.1");
  model.close();
  await bedrock.stop();
});

test("an HTTP endpoint goes to HTTP_PROXY, unless NO_PROXY names it", async () => {
  const through = await createTestBed({ proxyEnvironment: { HTTP_PROXY: address }, maxRetries: 0 });
  expect((await collectOutcome(through.model)).error?.code).toBe("model_unavailable");
  expect(asked.at(-1)).toStartWith(`POST ${through.bedrock.url}/model/`);
  const count = asked.length;
  const past = await createTestBed({ proxyEnvironment: { HTTP_PROXY: address, NO_PROXY: "127.0.0.1" } });
  past.bedrock.script([{ text: "direct" }]);
  expect(textOf(await collectOutcome(past.model))).toBe("direct");
  expect(asked.length).toBe(count);
  for (const { model, bedrock } of [through, past]) {
    model.close();
    await bedrock.stop();
  }
});
