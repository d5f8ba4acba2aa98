/** Starts the real server with the demo model and the built-in shop, on a free port. */
import type { Ports } from "../../src/context.ts";
import { type Specchat, startSpecchat } from "../support/harness.ts";

export interface DemoServer extends Specchat {
  /** URL of the page. */
  readonly address: string;
}

/** Starts the server without a grace period for running turns, so that tests end quickly. */
export async function startDemoServer(
  argv: readonly string[] = [],
  ports: Partial<Ports> = {},
): Promise<DemoServer> {
  const specchat = await startSpecchat({
    argv: ["--stop-grace", "0", ...argv],
    useDemoModel: true,
    ports,
  });
  return { ...specchat, address: `${specchat.url}/bedrock-chat/ui` };
}
