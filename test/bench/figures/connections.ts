/** The connections that a server opens to Bedrock for sessions that have had a turn before. */
import { withSpecchat } from "../harness/site.ts";
import type { Bench } from "../harness/types.ts";
import type { Measurement } from "../measurement.ts";

const SESSIONS = 256;

export function connections(bench: Bench): Promise<readonly Measurement[]> {
  return withSpecchat(bench, {}, async ({ server, load, model }) => {
    // Every stream lasts until all have begun.
    await model.set({ deltas: 20, intervalMs: 100, callsTool: false });
    await load.connect(server, SESSIONS);
    await load.run({ order: "turns", each: 1 });
    const warm = await model.countConnections();
    await load.run({ order: "turns", each: 1 });
    const opened = (await model.countConnections()) - warm;
    return [
      {
        name: `new connections to Bedrock, ${SESSIONS} sessions with a second turn`,
        value: String(opened),
        ratio: { of: opened, to: "a connection", target: 0 },
      },
    ];
  });
}
