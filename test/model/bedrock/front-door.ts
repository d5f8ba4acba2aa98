/** The command line as a process of its own, on a stand-in. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import type { TurnEvent } from "../../../src/chat/types.ts";

const main = `${import.meta.dir}/../../../src/main.ts`;
const spec = `${import.meta.dir}/../../fixtures/things.yaml`;

export interface Asked {
  readonly code: number;
  readonly events: readonly TurnEvent[];
  readonly errors: string;
}

/** One question, with these flags and this environment and nothing else of this machine's. */
export async function askInProcess(
  argv: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Asked> {
  const home = await mkdtemp(`${tmpdir()}/specchat-ask-`);
  try {
    const child = Bun.spawn(
      [process.execPath, main, "ask", "hi", "--json", "--spec", spec, "--retry-delay", "0.001", ...argv],
      {
        cwd: home,
        env: {
          HOME: home,
          AWS_EC2_METADATA_DISABLED: "true",
          AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
          AWS_SECRET_ACCESS_KEY: "secret",
          ...environment,
        },
        stdin: "ignore",
        stdout: "pipe",
        stderr: "pipe",
      },
    );
    const [lines, errors, code] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
      child.exited,
    ]);
    const events = lines.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line) as TurnEvent]));
    return { code, events, errors };
  } finally {
    await rm(home, { recursive: true });
  }
}
