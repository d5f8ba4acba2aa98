/** Deletes conversations that were not used for `--retention-hours`. */
import type { App } from "../context.ts";

const HOUR_MS = 3_600_000;

type RetentionApp = Pick<App, "config" | "expiresItself" | "log" | "now" | "sleep" | "store">;

/** Runs now and every hour until `stop` aborts. After an error it tries again an hour later. */
export async function runRetention(
  { config, expiresItself, log, now, sleep, store }: RetentionApp,
  stop: AbortSignal,
): Promise<void> {
  if (expiresItself) return;
  while (!stop.aborted) {
    const before = new Date(now().getTime() - config.retentionHours * HOUR_MS).toISOString();
    try {
      const sessions = await store.expire(before);
      if (sessions > 0) log.info("sessions expired", { sessions });
    } catch (error) {
      log.warning("sessions not expired", { detail: String(error) });
    }
    await sleep(HOUR_MS, stop);
  }
}
