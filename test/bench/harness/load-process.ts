/** Starts the load process and gives it orders. */

import type { LoadReport, Order } from "../load/types.ts";
import type { Server } from "./types.ts";

export interface Load {
  /** Connects so many sockets to a server and resolves at the first frame of the last one. */
  connect(server: Pick<Server, "url" | "headers">, sockets: number): Promise<void>;
  /** Resolves when the order is carried out. @throws Error when it cannot be, or when a turn fails. */
  run(order: Order): Promise<LoadReport>;
  stop(): Promise<void>;
}

type Answer = { readonly report: LoadReport } | { readonly error: string };

export function startLoad(): Load {
  const run = async (order: Order) => {
    waiting = Promise.withResolvers();
    child.send(order);
    const report = await waiting.promise;
    if (report.failures > 0) throw new Error(`load: ${report.failures} of ${report.turns} turns failed`);
    return report;
  };
  let waiting = Promise.withResolvers<LoadReport>();
  const child = Bun.spawn([process.execPath, `${import.meta.dir}/../load/main.ts`], {
    stdio: ["ignore", "inherit", "inherit"],
    ipc(answer: Answer) {
      if ("error" in answer) waiting.reject(new Error(`load: ${answer.error}`));
      else waiting.resolve(answer.report);
    },
  });
  return {
    run,
    async connect({ url, headers }, sockets) {
      await run({ order: "connect", url, headers, sockets });
    },
    async stop() {
      child.kill();
      await child.exited;
    },
  };
}
