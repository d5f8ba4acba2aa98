/** The end of an audit log whose file cannot be written. */
import { afterAll, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAuditLog } from "../../../src/access/audit/audit-log.ts";
import { FileSink } from "../../../src/access/audit/sinks.ts";

const folder = await mkdtemp(join(tmpdir(), "audit-close-"));
afterAll(() => rm(folder, { recursive: true, force: true }));

test("a closed log opens no file again, neither for a failed batch nor for a late entry", async () => {
  const path = join(folder, "audit.jsonl");
  const problems: (string | undefined)[] = [];
  const log = createAuditLog({
    sink: await FileSink.open({
      path,
      headPath: join(folder, "head.json"),
      maxSize: 1_000_000,
      now: () => new Date(),
    }),
    recordArguments: () => undefined,
    isRequired: true,
    now: () => new Date(),
    onProblem: (problem) => problems.push(problem),
    onCheckpoint: () => {},
  });
  await rm(path);
  await mkdir(path);
  log.record({ event: "turn_ended", outcome: "end_turn" });
  await log.close();
  expect(problems).toEqual([expect.stringContaining("EISDIR")]);
  await rm(folder, { recursive: true });
  log.record({ event: "turn_ended", outcome: "end_turn" });
  // Longer than the time to the next attempt.
  await Bun.sleep(1_300);
  expect(existsSync(folder)).toBe(false);
});
