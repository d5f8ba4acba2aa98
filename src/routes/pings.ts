/** Says something while there is nothing to say, for proxies that take silence for the end. */

const PING_MS = 15_000;

export async function* withPings(
  texts: AsyncGenerator<string, void>,
  ping: () => string,
  sleep: (ms: number, signal: AbortSignal) => Promise<void>,
): AsyncGenerator<string, void> {
  let next = texts.next();
  try {
    for (;;) {
      const heard = new AbortController();
      const quiet = sleep(PING_MS, heard.signal).then(() => undefined);
      const first = await Promise.race([next, quiet]).finally(() => heard.abort());
      if (first?.done) return;
      if (first) next = texts.next();
      yield first ? first.value : ping();
    }
  } finally {
    await texts.return();
  }
}
