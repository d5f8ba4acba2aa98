/** Starts what attacks are measured on: the executable, for strangers and with every kind of credential, and a server that only receives. */
import { EVERY_CREDENTIAL } from "../support/attackers.ts";
import { startApi } from "../support/harness.ts";
import { createServerFixture } from "../support/server-process.ts";
import { signInSettings, startProviderFor } from "../support/signed-in-server.ts";
import { buildExecutable } from "./harness/executable.ts";
import { startStandIn } from "./stand-in-process.ts";

export interface AttackedProcess {
  readonly origin: string;
  readonly pid: number;
}

export interface AttackedProcesses {
  /** Has no authentication. */
  readonly open: AttackedProcess;
  /** Accepts every kind of credential. */
  readonly known: AttackedProcess;
  /** Receives bodies and frames and answers them and pings, without any work. */
  readonly bare: AttackedProcess;
  stop(): Promise<void>;
}

export async function startAttackedProcesses(): Promise<AttackedProcesses> {
  const { provider, ports } = await startProviderFor(1);
  const [standIn, api, executable] = await Promise.all([startStandIn(), startApi(), buildExecutable()]);
  const fixtures = await Promise.all([1, 2].map(() => createServerFixture(standIn, api, [executable])));
  const signIn = ["--port", String(ports[0]), ...signInSettings(provider), ...EVERY_CREDENTIAL];
  const [open, known, bare] = await Promise.all([
    fixtures[0]?.start(),
    fixtures[1]?.start(...signIn),
    startBareReceiver(),
  ]);
  if (!open || !known) throw new Error("a server did not start");
  return {
    open: { origin: new URL(open.url).origin, pid: open.pid },
    known: { origin: new URL(known.url).origin, pid: known.pid },
    bare,
    async stop() {
      await Promise.all(fixtures.map((fixture) => fixture.remove()));
      await Promise.all([bare.stop(), standIn.stop(), api.stop(), provider.stop()]);
    },
  };
}

async function startBareReceiver() {
  const child = Bun.spawn([process.execPath, `${import.meta.dir}/bare-receiver.ts`], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const { value } = await child.stdout.getReader().read();
  return {
    origin: new TextDecoder().decode(value).trim(),
    pid: child.pid,
    async stop() {
      child.kill();
      await child.exited;
    },
  };
}
