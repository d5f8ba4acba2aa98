/** Measures how long the event loop of this thread stands still during a task. */

export interface Stall {
  /** CPU time of the thread. Other processes of the machine do not count. */
  readonly cpuMs: number;
  readonly clockMs: number;
}

/** Returns the longest times between two turns of the event loop during a task. */
export async function measureStall(task: () => Promise<unknown>): Promise<Stall> {
  Bun.gc(true);
  let [cpuMs, clockMs] = [0, 0];
  let [lastCpu, lastClock] = [readCpuMs(), performance.now()];
  let isRunning = true;
  const watching = (async () => {
    while (isRunning) {
      await new Promise((resolve) => setTimeout(resolve, 0));
      const [cpu, clock] = [readCpuMs(), performance.now()];
      [cpuMs, clockMs] = [Math.max(cpuMs, cpu - lastCpu), Math.max(clockMs, clock - lastClock)];
      [lastCpu, lastClock] = [cpu, clock];
    }
  })();
  await task();
  isRunning = false;
  await watching;
  return { cpuMs, clockMs };
}

function readCpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
