/** Starts processes that print the address at which they serve. */

export interface Child {
  readonly url: string;
  readonly pid: number;
  stop(signal?: "SIGTERM" | "SIGKILL"): Promise<void>;
}

export interface ChildOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Resolves when the process has printed `http://HOST:PORT`. @throws Error when it ends before. */
export async function startChild(command: readonly string[], options: ChildOptions = {}): Promise<Child> {
  const child = Bun.spawn([...command], { ...options, stdin: "ignore", stdout: "pipe", stderr: "ignore" });
  const reader = child.stdout.getReader();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) throw new Error(`${command.slice(0, 2).join(" ")} did not start: ${text}`);
    text += new TextDecoder().decode(value);
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0];
    if (url === undefined || !text.endsWith("\n")) continue;
    // The rest is read so that the process never blocks on a full pipe.
    void (async () => {
      while (!(await reader.read()).done);
    })();
    return {
      url,
      pid: child.pid,
      async stop(signal = "SIGKILL") {
        child.kill(signal);
        await child.exited;
      },
    };
  }
}
