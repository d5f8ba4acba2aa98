/** Rounds of `kill -9` while turns run, over SQLite, and over two replicas with Redis. */
import { type StandIn, startBedrock } from "../bedrock/index.ts";
import { type RedisServer, startRedis } from "../store/redis/redis-server.ts";
import { type RecordingApi, startApi } from "./harness.ts";
import { findDefects, NO_DEFECTS, RecordingClient } from "./recording-client.ts";
import { createServerFixture, type ServerFixture, type ServerProcess } from "./server-process.ts";

export interface CrashReport {
  readonly rounds: number;
  /** How often Redis was killed. */
  readonly redisKills: number;
  /** Turns whose end a client saw before or after a crash, and those that the crash interrupted. */
  readonly completed: number;
  readonly interrupted: number;
  /** One text for each lost or repeated message, reply, call or request. Empty when all is well. */
  readonly defects: readonly string[];
}

interface Place {
  readonly bedrock: StandIn;
  readonly api: RecordingApi;
  readonly fixture: ServerFixture;
}

const FLAGS = ["--approve", "none"];
/** About as long as a turn takes on a machine that does nothing else. */
const MIN_TURN_MS = 80;
/** Kills come within this part of a turn's time, so that some turns end before. */
const WAIT_RATIO = 1.5;
/** The clients of the two replicas. */
const CLIENTS = 10;

/** Kills a server with SQLite in each round, and starts another in its place. */
export async function crashSqlite(rounds: number): Promise<CrashReport> {
  return await withServers(async (place) => {
    const client = new RecordingClient();
    let server = await place.fixture.start(...FLAGS);
    const turnMs = await measureTurn([client], server);
    for (let round = 0; round < rounds; round++) {
      await client.connect(server.url);
      client.submit(`one-${round}`);
      await waitBeforeKill([client], round, turnMs);
      await server.kill("SIGKILL");
      client.disconnect();
      server = await place.fixture.start(...FLAGS);
    }
    await client.connect(server.url);
    const report = await finish([client], place, rounds, 0);
    await server.kill("SIGTERM");
    return report;
  });
}

/**
 * Kills one of two replicas in each round. Its clients go on at the other one, and another replica takes its place. In every
 * `redisInterval`th round Redis is killed too, before or after the replica, and comes back.
 */
export async function crashReplicas(rounds: number, redisInterval: number): Promise<CrashReport> {
  const redis = await startRedis();
  const run = async (place: Place) => {
    const start = (name: string) =>
      place.fixture.start(
        ...FLAGS,
        "--store",
        redis.address,
        "--data-dir",
        `${place.fixture.folder}/${name}`,
      );
    const clients = Array.from({ length: CLIENTS }, () => new RecordingClient());
    let [dying, other]: [ServerProcess, ServerProcess] = [await start("r0"), await start("r1")];
    const turnMs = await measureTurn(clients, dying);
    let redisKills = 0;
    for (let round = 0; round < rounds; round++) {
      await Promise.all(clients.map((client) => client.connect(dying.url)));
      clients.forEach((client, index) => {
        client.submit(`many-${round}-${index}`);
      });
      const killReplica = async () => {
        await waitBeforeKill(clients, round, turnMs);
        await dying.kill("SIGKILL");
      };
      const isRedisKilled = round % redisInterval === redisInterval - 1;
      if (isRedisKilled) redisKills += 1;
      await Promise.all([killReplica(), isRedisKilled ? restartRedis(redis, turnMs) : undefined]);
      for (const client of clients) client.disconnect();
      await Promise.all(clients.map((client) => client.connect(other.url)));
      [dying, other] = [other, await start(`r${round + 2}`)];
    }
    const report = await finish(clients, place, rounds, redisKills);
    await Promise.all([dying.kill("SIGTERM"), other.kill("SIGTERM")]);
    return report;
  };
  try {
    return await withServers(run);
  } finally {
    await redis.stop();
  }
}

/** Runs a turn of each client on a new server, as every round does, and returns the milliseconds that they take together. */
async function measureTurn(clients: readonly RecordingClient[], { url }: ServerProcess): Promise<number> {
  await Promise.all(clients.map((client) => client.connect(url)));
  const start = performance.now();
  clients.forEach((client, index) => {
    client.submit(`first-${index}`);
  });
  await Promise.all(clients.map((client) => client.waitForEnd()));
  for (const client of clients) client.disconnect();
  return Math.max(performance.now() - start, MIN_TURN_MS);
}

/**
 * Waits for a random moment after one client's turn has started. In every fourth round it is the start itself, so that some
 * turns are interrupted however fast the machine is; in the round before, it may be before any start.
 */
async function waitBeforeKill(
  clients: readonly RecordingClient[],
  round: number,
  turnMs: number,
): Promise<void> {
  if (round % 4 !== 3) await clients[(round * 7) % clients.length]?.waitForStart();
  if (round % 4 !== 0) await Bun.sleep(Math.random() * turnMs * WAIT_RATIO);
}

async function restartRedis(redis: RedisServer, turnMs: number): Promise<void> {
  await Bun.sleep(Math.random() * turnMs * WAIT_RATIO);
  await redis.kill();
  await Bun.sleep(Math.random() * 100);
  await redis.start();
}

async function withServers(run: (place: Place) => Promise<CrashReport>): Promise<CrashReport> {
  const [bedrock, api] = await Promise.all([startBedrock(), startApi()]);
  bedrock.script(replyTo);
  const fixture = await createServerFixture(bedrock, api);
  try {
    return await run({ bedrock, api, fixture });
  } finally {
    await fixture.remove();
    await Promise.all([bedrock.stop(), api.stop()]);
  }
}

/** Replies to each message with a call that creates a thing of that name, then with a text. Both take a moment. */
function replyTo({ body }: { body: Readonly<Record<string, unknown>> }) {
  const messages = body.messages as { content: { text?: string; toolResult?: object }[] }[];
  const content = messages.at(-1)?.content ?? [];
  const beforeEvent = () => Bun.sleep(Math.random() * 8);
  if (content.some((block) => block.toolResult)) return { text: ["do", "ne"], beforeEvent };
  const name = content.flatMap(({ text }) => text ?? []).at(-1) ?? "";
  return { text: "now", calls: [{ name: "createThing", input: { name } }], beforeEvent };
}

/** Asks once more in each session, and compares what was acknowledged with what is stored and what the API received. */
async function finish(
  clients: readonly RecordingClient[],
  { api, bedrock }: Place,
  rounds: number,
  redisKills: number,
): Promise<CrashReport> {
  await Promise.all(
    clients.map(async (client, index) => {
      client.submit(`last-${index}`);
      while (!client.completed.has(`last-${index}`)) await client.waitForEnd();
    }),
  );
  const found = await Promise.all(clients.map(async (client) => findDefects(client, await client.history())));
  for (const client of clients) client.disconnect();
  const sum = (count: (client: RecordingClient) => number) =>
    clients.reduce((total, client) => total + count(client), 0);
  const completed = sum((client) => client.completed.size);
  return {
    rounds,
    redisKills,
    completed,
    interrupted: sum((client) => client.started.size) - completed,
    defects: [
      ...found.filter((one) => !Bun.deepEquals(one, NO_DEFECTS)).map((one) => JSON.stringify(one)),
      ...api.requests
        .filter((request, index) => api.requests.indexOf(request) !== index)
        .map((request) => `repeated: ${request}`),
      ...bedrock.requests.flatMap(({ refusal }) =>
        refusal ? [`refused by Bedrock: ${refusal.message}`] : [],
      ),
    ],
  };
}
