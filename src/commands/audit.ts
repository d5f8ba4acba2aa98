/** `specchat audit`: verifies the audit log, or prints its last entries. */
import { headPath, readHead } from "../access/audit/head.ts";
import { listLogFiles } from "../access/audit/log-file.ts";
import { Verifier } from "../access/audit/verify.ts";
import { StartError } from "../errors.ts";
import { withPlainOutput } from "./plain-output.ts";
import { tailAudit } from "./tail-audit.ts";
import type { CommandContext } from "./types.ts";

export const audit = withPlainOutput(async (context) => {
  const { loaded } = context;
  const { flags, positionals } = loaded.arguments;
  const [action, file = loaded.config.auditLog] = positionals;
  if (file === undefined) throw new StartError("No audit log: set --audit-log, or name a file.");
  if (action === "tail") return await tailAudit(file, flags.follow === true, context);
  if (flags.follow === true) throw new StartError("--follow is for specchat audit tail.");
  return await verify(file, context);
});

/** Returns 1 when a line is missing, changed or out of order. */
async function verify(file: string, { loaded, terminal }: CommandContext): Promise<0 | 1> {
  const { auditKey: key, auditLog, dataDir } = loaded.config;
  const isOwn = file === auditLog && file !== "stdout";
  const files = await findFiles(file);
  // Read before the lines: a running server adds more.
  const head = isOwn ? await readHead(headPath(dataDir, file)) : undefined;
  const verifier = new Verifier({ key, head, isOutput: !isOwn });
  for (const path of files) await verifier.addFile(path);
  const { first, last, lines, notes, problems } = verifier.finish();
  if (isOwn && head === undefined)
    terminal.err(
      `There is no record of the last line in ${dataDir}: lines that are missing at the end are not noticed.\n`,
    );
  for (const note of notes) terminal.err(`${note}\n`);
  for (const problem of problems) terminal.out(`${problem}\n`);
  if (lines === 0) throw new StartError(`${file}: there are no lines of an audit log.`);
  if (problems.length > 0) return 1;
  terminal.out(
    `${lines} lines, ${first} to ${last.seq}, in ${files.length} files: none is missing or changed.\n`,
  );
  terminal.out(`The hash of the last line is ${last.hash}.\n`);
  return 0;
}

async function findFiles(file: string): Promise<readonly string[]> {
  const files = await listLogFiles(file);
  if (files.length > 0) return files;
  throw new StartError(`File not found: ${file}`);
}
