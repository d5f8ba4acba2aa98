/** What the operating system knows of a process: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** Hertz of the times in /proc. */
const TICKS = 100;

/** Returns the seconds of CPU time of all threads of a process since its start, to 10 ms. */
export function readCpuSeconds(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  const [user = Number.NaN, system = Number.NaN] = text
    .slice(text.lastIndexOf(")") + 2)
    .split(" ")
    .slice(11, 13)
    .map(Number);
  return (user + system) / TICKS;
}

/** Returns the resident memory of a process in KB. */
export function readResidentKb(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
}

export interface OpenFiles {
  readonly all: number;
  readonly sockets: number;
}

/** Counts the open file descriptors of a process. */
export function countOpenFiles(pid: number): OpenFiles {
  const folder = `/proc/${pid}/fd`;
  const names = readdirSync(folder);
  const sockets = names.filter((name) => {
    try {
      return readlinkSync(`${folder}/${name}`).startsWith("socket:");
    } catch {
      // It was closed meanwhile.
      return false;
    }
  });
  return { all: names.length, sockets: sockets.length };
}

/** Resolves to the lowest resident memory of a process within some seconds, in which memory is given back. */
export async function settleResidentKb(pid: number, seconds: number): Promise<number> {
  let lowest = Number.POSITIVE_INFINITY;
  for (let second = 0; second < seconds; second++) {
    lowest = Math.min(lowest, readResidentKb(pid));
    await Bun.sleep(1000);
  }
  return Math.min(lowest, readResidentKb(pid));
}
