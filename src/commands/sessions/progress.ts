/** Counts sessions and prints the count once a second. */
import type { Terminal } from "../types.ts";

/** `label` is a participle: `exported`. */
export function createProgress(terminal: Terminal, label: string) {
  let count = 0;
  const timer = setInterval(
    () => terminal.err(`${count.toLocaleString("en-US")} sessions ${label} …\n`),
    1000,
  );
  return {
    step: () => {
      count += 1;
    },
    count: () => count,
    stop: () => clearInterval(timer),
  };
}
