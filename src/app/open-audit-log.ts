/** Opens the audit log of the settings. */
import { createArgumentRules } from "../access/audit/argument-rules.ts";
import { createAuditLog } from "../access/audit/audit-log.ts";
import { headPath } from "../access/audit/head.ts";
import { NO_AUDIT } from "../access/audit/no-audit.ts";
import { type AuditSink, FileSink, OutputSink } from "../access/audit/sinks.ts";
import type { AuditLog } from "../access/audit/types.ts";
import type { Config } from "../config/settings.ts";
import type { Ports } from "../context.ts";
import { StartError } from "../errors.ts";

/** @throws StartError when the file cannot be opened */
export async function openAuditLog(
  config: Config,
  { log, now }: Pick<Ports, "log" | "now">,
): Promise<AuditLog> {
  const { auditArguments, auditLog: path, auditRequired: isRequired } = config;
  if (path === undefined) return NO_AUDIT;
  return createAuditLog({
    sink: await openSink(path, config, now),
    recordArguments: createArgumentRules(auditArguments),
    isRequired,
    now,
    onProblem(problem) {
      if (problem === undefined) log.info("audit log is written again", { file: path });
      else log.error("audit log cannot be written", { file: path, detail: problem });
    },
    onCheckpoint: ({ seq, hash }) => log.info("audit checkpoint", { file: path, line: seq, hash }),
  });
}

async function openSink(
  path: string,
  { auditKey: key, auditMaxSize: maxSize, dataDir }: Config,
  now: () => Date,
): Promise<AuditSink> {
  if (path === "stdout" || path === "stderr") {
    const output = path === "stdout" ? Bun.stdout : Bun.stderr;
    return new OutputSink((text) => Bun.write(output, text), { key, now });
  }
  try {
    return await FileSink.open({ path, headPath: headPath(dataDir, path), key, maxSize, now });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartError(`Cannot open the audit log ${path}: ${reason}`);
  }
}
