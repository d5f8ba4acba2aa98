/** One long session through the whole server: what a turn takes must not grow with the turns before it. */
import { createBedrockAt, NativeClient, startSpecchat } from "../support/harness.ts";
import { formatMs, type Measurement, median } from "./figure.ts";
import { startStandIn } from "./stand-in-process.ts";

const WARM_UP = 200;
const TURNS = 311;
/** Turns before and after the one in question whose median is taken. */
const WINDOW = 10;

export async function session(): Promise<readonly Measurement[]> {
  const standIn = await startStandIn();
  const specchat = await startSpecchat({
    argv: ["--spec", `${import.meta.dir}/../fixtures/things.yaml`],
    model: createBedrockAt(standIn.url),
  });
  const client = await NativeClient.connect(specchat.url);
  await client.next();
  // Code runs faster once it has run often; the first session of a server would measure that.
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
      name: "turn 300 of one session",
      value: formatMs(medianAround(300)),
      ratio: { of: medianAround(300) / medianAround(30), to: "turn 30 of the same", target: 1.3 },
    },
  ];
}

/** Milliseconds of each turn. */
async function measureTurnTimes(client: NativeClient, turns: number): Promise<readonly number[]> {
  const durations: number[] = [];
  for (let turn = 0; turn < turns; turn++) {
    const begin = performance.now();
    await client.runTurn(`question ${turn}: ${"some words of a person ".repeat(20)}`);
    durations.push(performance.now() - begin);
  }
  return durations;
}
