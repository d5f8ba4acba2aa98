/** The file of a process's audit log. A log has one writer, so each command but the server has its own. */
import type { Config } from "./settings.ts";

/** The server, the readers of its log, and those who write its settings. */
const SAME_LOG: ReadonlySet<string> = new Set(["serve", "audit", "deploy", "install"]);

/** Returns the settings of a command: `FILE-ask` is the log of `specchat ask`. Standard output belongs to the command. */
export function withOwnAuditLog(config: Config, command: string): Config {
  const { auditLog } = config;
  if (auditLog === undefined || SAME_LOG.has(command)) return config;
  return { ...config, auditLog: auditLog === "stdout" ? "stderr" : `${auditLog}-${command}` };
}
