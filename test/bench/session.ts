/** One long session through the whole server: what a turn takes must not grow with the turns before it. */
import { bedrockAt, NativeClient, startSpecchat } from "../support/harness.ts";
import { type Figure, median, ms } from "./figure.ts";
import { startStandIn } from "./stand-in-process.ts";

const WARM_UP = 200;
const TURNS = 311;
/** Turns before and after the one in question whose median is taken. */
const AROUND = 10;

export async function session(): Promise<readonly Figure[]> {
  const standIn = await startStandIn();
  const specchat = await startSpecchat({
    argv: ["--spec", `${import.meta.dir}/../fixtures/things.yaml`],
    model: bedrockAt(standIn.url),
  });
  const client = await NativeClient.connect(specchat.url);
  await client.next();
  // Code runs faster once it has run often; the first session of a server would measure that.
  await timesOf(client, WARM_UP);
  client.send({ type: "clear" });
  await client.until("history_cleared");
  const taken = await timesOf(client, TURNS);
  client.close();
  await specchat.stop();
  await standIn.stop();
  const around = (turn: number) => median(taken.slice(turn - AROUND, turn + AROUND + 1));
  return [
    {
      name: "turn 300 of one session",
      value: ms(around(300)),
      ratio: { of: around(300) / around(30), to: "turn 30 of the same", target: 1.3 },
    },
  ];
}

/** Milliseconds of each turn. */
async function timesOf(client: NativeClient, turns: number): Promise<readonly number[]> {
  const taken: number[] = [];
  for (let turn = 0; turn < turns; turn++) {
    const begin = performance.now();
    await client.turn(`question ${turn}: ${"some words of a person ".repeat(20)}`);
    taken.push(performance.now() - begin);
  }
  return taken;
}
