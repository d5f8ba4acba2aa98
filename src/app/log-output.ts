/** Chooses where log lines go and how they look. */
import type { Config } from "../config/settings.ts";
import { createLog } from "../telemetry/log.ts";
import type { LogFormat } from "../telemetry/log-formats.ts";
import { RotatedFile } from "./rotated-file.ts";

type Log = ReturnType<typeof createLog>;

export interface LogOutput {
  readonly log: Log;
  readonly format: LogFormat;
  /** Opens the file again, after another program has renamed it. */
  reopen(): void;
  /** Writes all lines and closes the file. */
  close(): Promise<void>;
}

export interface LogOutputOptions {
  readonly level: Config["logLevel"];
  /** The format unless `--log-format` sets one. */
  readonly format: LogFormat;
  readonly now: () => Date;
  /** Writes to standard error. */
  readonly write: (text: string) => void;
}

const DAY_MS = 86_400_000;

export function openLog(
  config: Pick<Config, "logFile" | "logFormat" | "logKeep" | "logMaxDays" | "logMaxSize">,
  { level, format: defaultFormat, now, write }: LogOutputOptions,
): LogOutput {
  const { logFile: path, logFormat, logKeep: keep, logMaxDays, logMaxSize: maxSize } = config;
  if (path === undefined) {
    const format = logFormat ?? defaultFormat;
    return { log: createLog({ level, format, now, write }), format, reopen() {}, close: async () => {} };
  }
  const format = logFormat ?? "json";
  const file = new RotatedFile({
    path,
    maxSize,
    maxAgeMs: logMaxDays * DAY_MS,
    keep,
    now: () => now().getTime(),
    onProblem: (problem) => write(`Warning: the log file ${path} cannot be written: ${problem}\n`),
    onRecovered: (lines) => log.warning("log file is written again", { lostLines: lines }),
  });
  const log = createLog({ level, format, now, write: (line) => file.write(line) });
  return { log, format, reopen: () => file.reopen(), close: () => file.close() };
}
