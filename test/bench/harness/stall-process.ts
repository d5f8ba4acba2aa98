/** Starts the process that measures the stalls of its own event loop. */
import type { Stall } from "../stall.ts";
import type { Server } from "./types.ts";

export interface StallServer extends Server {
  /** Returns the longest stall while some work runs. */
  measure(work: () => Promise<unknown>): Promise<Stall>;
}

export async function startStallServer(modelUrl: string, argv: readonly string[]): Promise<StallServer> {
  let waiting = Promise.withResolvers<Stall>();
  const child = Bun.spawn([process.execPath, `${import.meta.dir}/stall-server.ts`, modelUrl, ...argv], {
    stdio: ["ignore", "pipe", "inherit"],
    ipc: (stall: Stall) => waiting.resolve(stall),
  });
  const { value } = await child.stdout.getReader().read();
  const order = (text: "begin" | "end") => {
    waiting = Promise.withResolvers();
    child.send(text);
    return waiting.promise;
  };
  return {
    url: new TextDecoder().decode(value).trim(),
    pid: child.pid,
    headers: {},
    async measure(work) {
      await order("begin");
      await work();
      return await order("end");
    },
    async stop() {
      child.kill();
      await child.exited;
    },
  };
}
