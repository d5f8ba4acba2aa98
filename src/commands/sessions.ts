/** `specchat sessions`: exports sessions as lines of JSON, imports them into a store, and compacts the store. */
import { TERMINAL } from "../access/caller.ts";
import { openAuditLog } from "../app/open-audit-log.ts";
import { openSessionStore } from "../app/open-session-store.ts";
import { AppError, StartError } from "../errors.ts";
import type { OpenedStore } from "../store/open.ts";
import { withPlainOutput } from "./plain-output.ts";
import { exportSessions } from "./sessions/export.ts";
import { importSessions } from "./sessions/import.ts";
import { createProgress } from "./sessions/progress.ts";
import { openOutput, readLines } from "./sessions/streams.ts";
import type { CommandContext } from "./types.ts";

export const sessions = withPlainOutput(async (context) => {
  const { terminal, ports, loaded } = context;
  const { config, warnings } = loaded;
  const [action, file = "-"] = loaded.arguments.positionals;
  for (const warning of warnings) terminal.err(`Warning: ${warning}\n`);
  if (config.store === "memory")
    throw new StartError(
      "--store memory stores no sessions for this command. Set --store to sqlite, redis:// or dynamodb://.",
    );
  const opened = await openSessionStore(config, ports, action === "export");
  const audit = await openAuditLog(config, ports);
  const act = ACTS[action ?? ""] ?? "sessions_expired";
  try {
    await opened.store.check();
    audit.runAs({ caller: TERMINAL, address: "", request: "" }, () =>
      audit.record({ event: "administration", act, subject: file }),
    );
    if (action === "export") return await runExport(file, context, opened);
    if (action === "import") return await runImport(file, context, opened);
    return await runVacuum(context, opened);
  } catch (error) {
    if (error instanceof AppError && error.code === "store_unavailable")
      throw new StartError(`Session store unavailable: ${error.detail ?? error.message}`);
    throw error;
  } finally {
    await audit.close();
    await opened.bus?.close();
    await opened.store.close();
  }
});

/** Actions → their acts in the audit log. */
const ACTS: Readonly<Record<string, string>> = { export: "sessions_exported", import: "sessions_imported" };

async function runExport(
  file: string,
  { terminal, stop }: CommandContext,
  { store }: OpenedStore,
): Promise<0 | 1> {
  const output = await openOutput(file, terminal);
  const progress = createProgress(terminal, "exported");
  try {
    const unreadable = await exportSessions(store, output, () => progress.step(), stop);
    if (stop.aborted) throw new StartError("Stopped: the export is incomplete.");
    await output.end();
    for (const line of unreadable) terminal.err(`Skipped: ${line}\n`);
    terminal.err(`${formatSessionCount(progress.count())} exported.\n`);
    return unreadable.length === 0 ? 0 : 1;
  } catch (error) {
    await output.discard();
    throw error;
  } finally {
    progress.stop();
  }
}

async function runImport(
  file: string,
  { terminal, ports, stop }: CommandContext,
  { store }: OpenedStore,
): Promise<0 | 1> {
  const input = file === "-" ? ports.io.readStdin() : ports.io.readFile(file).stream();
  const progress = createProgress(terminal, "read");
  try {
    const { added, existing, errors } = await importSessions(
      store,
      readLines(input),
      () => progress.step(),
      stop,
    );
    for (const line of errors) terminal.err(`${line}\n`);
    const skippedNote =
      existing === 0 ? "" : ` ${formatSessionCount(existing)} skipped: already in the store.`;
    terminal.err(`${formatSessionCount(added)} imported.${skippedNote}\n`);
    return errors.length === 0 && !stop.aborted ? 0 : 1;
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
    throw new StartError(`File not found: ${file}`);
  } finally {
    progress.stop();
  }
}

async function runVacuum({ terminal, loaded, ports }: CommandContext, opened: OpenedStore): Promise<0> {
  const { retentionHours } = loaded.config;
  const before = new Date(ports.now().getTime() - retentionHours * 3_600_000);
  const count = await opened.store.expire(before.toISOString());
  await opened.compact?.();
  terminal.err(`${formatSessionCount(count)} deleted: unused for ${retentionHours} hours.\n`);
  return 0;
}

function formatSessionCount(count: number): string {
  return `${count.toLocaleString("en-US")} ${count === 1 ? "session" : "sessions"}`;
}
