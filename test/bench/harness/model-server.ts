/** Starts the stand-in of the load figures and sets how it replies. */
import type { Behavior } from "../model-server/types.ts";
import { startChild } from "./child.ts";

export interface ModelServer {
  readonly url: string;
  set(behavior: Behavior): Promise<void>;
  /** The number of streams in progress. */
  countStreams(): Promise<number>;
  /** The number of connections that were opened for model calls. */
  countConnections(): Promise<number>;
  stop(): Promise<void>;
}

export async function startModelServer(): Promise<ModelServer> {
  const child = await startChild([process.execPath, `${import.meta.dir}/../model-server/main.ts`]);
  const count = async (name: string) => Number(await (await fetch(`${child.url}/${name}`)).text());
  return {
    url: child.url,
    async set(behavior) {
      await fetch(`${child.url}/behavior`, { method: "PUT", body: JSON.stringify(behavior) });
    },
    countStreams: () => count("streams"),
    countConnections: () => count("connections"),
    stop: () => child.stop(),
  };
}
