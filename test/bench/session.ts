/** Runs one long session through the whole server. The time of a turn must not grow with the number of turns before it. */
import { createBedrockAt, NativeClient, startSpecchat } from "../support/harness.ts";
import { formatMs, type Measurement, median } from "./measurement.ts";
import { startStandIn } from "./stand-in-process.ts";

const WARM_UP = 200;
const TURNS = 311;
/** The number of turns before and after the measured one that the median includes. */
const WINDOW = 10;

export async function session(): Promise<readonly Measurement[]> {
  const standIn = await startStandIn();
  const specchat = await startSpecchat({
    argv: ["--spec", `${import.meta.dir}/../fixtures/things.yaml`],
    model: createBedrockAt(standIn.url),
  });
  const client = await NativeClient.connect(specchat.url);
  await client.next();
  // The first session warms up the JIT compiler.
  await measureTurnTimes(client, WARM_UP);
  client.send({ type: "clear" });
  await client.waitFor("history_cleared");
  const durations = await measureTurnTimes(client, TURNS);
  client.close();
  await specchat.stop();
  await standIn.stop();
  const medianAround = (turn: number) => median(durations.slice(turn - WINDOW, turn + WINDOW + 1));
  return [
    {
      name: "turn 300 of a session",
      value: formatMs(medianAround(300)),
      ratio: { of: medianAround(300) / medianAround(30), to: "turn 30 of the same session", target: 1.3 },
    },
  ];
}

/** Runs turns and returns the milliseconds of each. */
async function measureTurnTimes(client: NativeClient, turns: number): Promise<readonly number[]> {
  const durations: number[] = [];
  for (let turn = 0; turn < turns; turn++) {
    const begin = performance.now();
    await client.runTurn(`question ${turn}: ${"some words of a person ".repeat(20)}`);
    durations.push(performance.now() - begin);
  }
  return durations;
}
