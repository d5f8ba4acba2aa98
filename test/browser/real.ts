/** The real server as `specchat` starts it where nothing is configured: demo model, built-in shop, a free port. */
import type { Ports } from "../../src/context.ts";
import { type Specchat, startSpecchat } from "../support/harness.ts";

export interface DemoServer extends Specchat {
  /** Of the page. */
  readonly address: string;
}

/** Its turns get no grace when it stops: a test that is over waits for none. */
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
