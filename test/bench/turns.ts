/**
 * Runs streaming turns through the whole server, from socket to socket, with the stand-in in its own process. Baseline: the
 * same request with node:http, without parsing the response.
 */
import { Agent, request } from "node:http";
import { createBedrockAt, NativeClient, startSpecchat } from "../support/harness.ts";
import { formatMs, type Measurement, median } from "./measurement.ts";
import { startStandIn } from "./stand-in-process.ts";

const WARM_UP = 100;
const ROUNDS = 100;
const STREAMS = 256;
const MAX_MS = 2;

export async function turns(): Promise<readonly Measurement[]> {
  const standIn = await startStandIn();
  const { url } = standIn;
  const specchat = await startSpecchat({
    argv: ["--spec", `${import.meta.dir}/../fixtures/things.yaml`],
    model: createBedrockAt(url),
  });

  const client = await NativeClient.connect(specchat.url);
  await client.next();
  const agent = new Agent({ keepAlive: true });
  const bareTimes: number[] = [];
  const specchatTimes: number[] = [];
  for (let round = 0; round < WARM_UP + ROUNDS; round++) {
    bareTimes.push(await measureFirstByte(url, agent));
    const begin = performance.now();
    client.send({ message: "hi" });
    await client.waitFor("text_delta");
    specchatTimes.push(performance.now() - begin);
    await client.waitFor("ai_response");
    client.send({ type: "clear" });
    await client.waitFor("history_cleared");
  }
  bareTimes.splice(0, WARM_UP);
  specchatTimes.splice(0, WARM_UP);
  const connections = async () => Number(await (await fetch(`${url}/connections`)).text());

  const clients = await Promise.all(
    Array.from({ length: STREAMS }, () => NativeClient.connect(specchat.url)),
  );
  await fetch(`${url}/hold/${STREAMS}`);
  const cpu = process.cpuUsage();
  const begin = performance.now();
  await Promise.all(clients.map((one) => one.runTurn("hi")));
  const warm = await connections();
  await Promise.all(clients.map((one) => one.runTurn("hi")));
  const opened = (await connections()) - warm;
  const elapsed = performance.now() - begin;
  const { user, system } = process.cpuUsage(cpu);

  for (const one of [client, ...clients]) one.close();
  agent.destroy();
  await specchat.stop();
  await standIn.stop();
  return [
    {
      name: "p50 added to the first token",
      value: formatMs(median(specchatTimes) - median(bareTimes)),
      ratio: {
        of: (median(specchatTimes) - median(bareTimes)) / MAX_MS,
        to: `${MAX_MS} ms over a bare request`,
        target: 1,
      },
    },
    {
      name: `${STREAMS} concurrent streams, two turns each`,
      value: `${formatMs(elapsed)}, ${((user + system) / 1000 / STREAMS / 2).toFixed(2)} ms CPU per turn (clients included)`,
    },
    {
      name: "new connections to Bedrock when warm",
      value: String(opened),
      ratio: { of: opened, to: "a connection", target: 0 },
    },
  ];
}

/** Returns the milliseconds to the first byte of a streamed response. */
function measureFirstByte(url: string, agent: Agent): Promise<number> {
  const body = JSON.stringify({ messages: [{ role: "user", content: [{ text: "hi" }] }] });
  const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
  const begin = performance.now();
  return new Promise((resolve, reject) => {
    const call = request(
      `${url}/model/bench/converse-stream`,
      { method: "POST", agent, headers },
      (response) => {
        response.once("data", () => resolve(performance.now() - begin));
        response.resume();
      },
    );
    call.on("error", reject);
    call.end(body);
  });
}
