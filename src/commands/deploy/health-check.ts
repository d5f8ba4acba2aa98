/** The check of a container without a shell: the executable itself asks the server of its container. */
import type { Config } from "../../config/settings.ts";

/** Seconds and attempts. The timeout is longer than that of the command, so that its message is in the log of Docker. */
export const HEALTH_CHECK = { interval: 30, timeout: 8, retries: 3 };

/** Fails while the chat cannot reply. Docker shows this and restarts nothing. */
export const HEALTH_COMMAND = ["/usr/local/bin/specchat", "health"] as const;

/** Fails when the process serves no requests. A restart repairs this, and neither credentials nor the model. */
export const LIVE_COMMAND = [...HEALTH_COMMAND, "--live"] as const;

/** Returns the seconds that a start may take, in which failures of a check do not count. */
export function startSeconds({ specWait }: Pick<Config, "specWait">): number {
  return Math.ceil(specWait) + 60;
}

/** Formats a duration of Docker and Compose. */
export function seconds(count: number): string {
  return `${count}s`;
}
