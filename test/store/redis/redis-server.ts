/** Starts Redis or Valkey on a free port of the loopback interface. The server can be killed and started again. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RedisClient } from "bun";

/** The path of the server's executable. Null when there is none: its suites are skipped. */
export const REDIS_SERVER =
  process.env.REDIS_SERVER ?? Bun.which("redis-server") ?? Bun.which("valkey-server");

export interface RedisServer {
  /** The URL with the password. */
  readonly address: string;
  /** Kills the server as a power failure would. Everything it has acknowledged is on disk. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Stops responding without closing a connection, until `thaw()`. */
  freeze(): void;
  thaw(): void;
  /** Runs one command on a connection of its own. */
  send(command: string, ...parameters: readonly string[]): Promise<unknown>;
  stop(): Promise<void>;
}

export async function startRedis(password = "p@ss/word"): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), "specchat-redis-"));
  const port = freePort();
  const address = `redis://:${encodeURIComponent(password)}@127.0.0.1:${port}/3`;
  const settings = {
    port,
    bind: "127.0.0.1",
    requirepass: password,
    dir: folder,
    save: "",
    appendonly: "yes",
    appendfsync: "always",
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, `${value}`]);
  let child: Bun.Subprocess | undefined;

  async function connect(): Promise<RedisClient> {
    const client = new RedisClient(address, { autoReconnect: false, enableOfflineQueue: false });
    await client.connect();
    await client.send("PING", []);
    return client;
  }

  async function start(): Promise<void> {
    child = Bun.spawn([REDIS_SERVER ?? "", ...flags], { stdout: "ignore", stderr: "inherit" });
    for (let attempt = 0; ; attempt += 1) {
      try {
        return (await connect()).close();
      } catch (error) {
        if (attempt === 200) throw error;
        await Bun.sleep(25);
      }
    }
  }

  async function kill(): Promise<void> {
    child?.kill("SIGKILL");
    await child?.exited;
  }

  await start();
  return {
    address,
    start,
    kill,
    freeze: () => child?.kill("SIGSTOP"),
    thaw: () => child?.kill("SIGCONT"),
    async send(command, ...parameters) {
      const client = await connect();
      try {
        return await client.send(command, [...parameters]);
      } finally {
        client.close();
      }
    },
    async stop() {
      await kill();
      await rm(folder, { recursive: true });
    },
  };
}

function freePort(): number {
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  listener.stop(true);
  return listener.port;
}
