/** Starts and stops the stand-in for Bedrock that the benchmarks use. */

export interface StandInProcess {
  readonly url: string;
  stop(): Promise<void>;
}

export async function startStandIn(): Promise<StandInProcess> {
  const child = Bun.spawn([process.execPath, `${import.meta.dir}/stand-in.ts`], {
    stdout: "pipe",
    stderr: "inherit",
  });
  const { value } = await child.stdout.getReader().read();
  return {
    url: new TextDecoder().decode(value).trim(),
    async stop() {
      child.kill();
      await child.exited;
    },
  };
}
