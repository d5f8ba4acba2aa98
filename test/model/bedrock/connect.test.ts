import { expect, test } from "bun:test";
import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { collectOutcome, createTestBed, textOf } from "./setup.ts";

/** Listens, and accepts nothing once the test has stopped the process. */
const LISTENER = `
  const server = require("node:net").createServer();
  server.listen(0, "127.0.0.1", () => console.log(server.address().port));
`;
/** The connections that Bun lets wait. */
const BACKLOG = 512;

/** Starts a host that lets connections wait for ever, as a firewall does that drops packets. */
async function startSilentHost() {
  const child = Bun.spawn([process.execPath, "-e", LISTENER], { stdio: ["ignore", "pipe", "ignore"] });
  const { value } = await child.stdout.getReader().read();
  const port = Number(new TextDecoder().decode(value));
  child.kill("SIGSTOP");
  // The kernel completes one connection more than may wait.
  const length = Math.min(BACKLOG, Number(await Bun.file("/proc/sys/net/core/somaxconn").text())) + 1;
  const waiting = Array.from({ length }, () => connect(port, "127.0.0.1"));
  await Promise.all(waiting.map((socket) => once(socket, "connect")));
  return {
    endpoint: `http://127.0.0.1:${port}`,
    async stop() {
      for (const socket of waiting) socket.destroy();
      child.kill("SIGKILL");
      await child.exited;
    },
  };
}

test.if(process.platform === "linux")(
  "a host that accepts no connection is unavailable after --connect-timeout, not after that of the response",
  async () => {
    const host = await startSilentHost();
    const options = {
      endpoint: host.endpoint,
      connectTimeoutMs: 100,
      idleTimeoutMs: 3_600_000,
      maxRetries: 1,
    };
    const { bedrock, model, delays } = await createTestBed(options);
    const { error } = await collectOutcome(model);
    expect({ code: error?.code, retries: delays.length }).toEqual({ code: "model_unavailable", retries: 1 });
    model.close();
    await Promise.all([bedrock.stop(), host.stop()]);
  },
);

test("a host that accepts the connection may respond after --connect-timeout", async () => {
  const { bedrock, model } = await createTestBed({ connectTimeoutMs: 10 });
  // Passes connections on to the stand-in. The second is that of the check, which the response waits for.
  const checked = Promise.withResolvers<void>();
  let connections = 0;
  const front = createServer(async (socket) => {
    connections += 1;
    if (connections === 2) checked.resolve();
    socket.on("error", () => {});
    await checked.promise;
    const upstream = connect(Number(new URL(bedrock.url).port), "127.0.0.1");
    upstream.on("error", () => {});
    socket.pipe(upstream).pipe(socket);
  });
  await once(front.listen(0, "127.0.0.1"), "listening");
  const { port } = front.address() as AddressInfo;
  const slow = await createTestBed({
    connectTimeoutMs: 10,
    endpoint: `http://127.0.0.1:${port}`,
    maxRetries: 0,
  });
  bedrock.script([{ text: "late" }]);
  expect(textOf(await collectOutcome(slow.model))).toBe("late");
  for (const one of [model, slow.model]) one.close();
  front.close();
  await Promise.all([bedrock.stop(), slow.bedrock.stop()]);
});

test("a host that takes no further connection while it works on the response is waited for", async () => {
  const { bedrock, model } = await createTestBed();
  const front = createServer(async (socket) => {
    socket.on("error", () => {});
    front.close();
    // The check is refused meanwhile.
    await Bun.sleep(200);
    const upstream = connect(Number(new URL(bedrock.url).port), "127.0.0.1");
    upstream.on("error", () => {});
    socket.pipe(upstream).pipe(socket);
  });
  await once(front.listen(0, "127.0.0.1"), "listening");
  const { port } = front.address() as AddressInfo;
  const options = { connectTimeoutMs: 10, endpoint: `http://127.0.0.1:${port}`, maxRetries: 0 };
  const slow = await createTestBed(options);
  bedrock.script([{ text: "late" }]);
  expect(textOf(await collectOutcome(slow.model))).toBe("late");
  for (const one of [model, slow.model]) one.close();
  await Promise.all([bedrock.stop(), slow.bedrock.stop()]);
});
