/** Says how far it is, every second that it takes longer. */
import type { Terminal } from "../types.ts";

export function createProgress(terminal: Terminal, label: string) {
  let count = 0;
  const timer = setInterval(
    () => terminal.err(`${count.toLocaleString("en-US")} conversations ${label} …\n`),
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
