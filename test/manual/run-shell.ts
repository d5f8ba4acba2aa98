/** Runs blocks of shell commands in Bash. Programs are replaced by one that records how it was called. */
import { chmod } from "node:fs/promises";
import { join } from "node:path";

export interface RecordedCommand {
  readonly program: string;
  readonly argv: readonly string[];
  /** The variables that the block has set. */
  readonly environment: Readonly<Record<string, string>>;
}

const PROGRAMS = ["specchat", "npm", "bun", "apt", "dnf", "editor", "systemctl", "aws"];

const RECORDER = `#!/bin/bash
{
  printf '%s\\0' "$(basename "$0")" "$@"
  printf '\\n\\0'
  env -0 | grep -z -v -E '^(PATH|RECORD|PWD|OLDPWD|SHLVL|_|CLIENT_SECRET|SECRET|COOKIE_SECRET|PUBLIC_KEY|SECRET_KEY)='
  printf '\\n\\0'
} >> "$RECORD"
`;

/** @param folder an empty folder, in which the commands run. */
export async function createShell(folder: string) {
  const write = async (path: string, text: string) => {
    await Bun.write(join(folder, path), text);
    await chmod(join(folder, path), 0o755);
  };
  await Promise.all(PROGRAMS.map((program) => write(`bin/${program}`, RECORDER)));
  await write("bin/sudo", '#!/bin/sh\nexec "$@"\n');
  await write("specchat", RECORDER);

  /** @throws Error when Bash or a program that is not replaced fails. */
  return async function run(script: string): Promise<readonly RecordedCommand[]> {
    const record = join(folder, `record-${crypto.randomUUID()}`);
    await Bun.write(record, "");
    const child = Bun.spawn(["bash", "-eu", "-o", "pipefail", "-c", script], {
      cwd: folder,
      env: { PATH: `${folder}/bin:${process.env.PATH}`, RECORD: record, ...VARIABLES },
      stdin: "ignore",
      stdout: "ignore",
      stderr: "pipe",
    });
    const [problem, code] = await Promise.all([new Response(child.stderr).text(), child.exited]);
    if (code !== 0 || problem !== "") throw new Error(`exit code ${code}: ${problem}`);
    return parseRecord(await Bun.file(record).text());
  };
}

/** What the reader of the manual has set. */
const VARIABLES = {
  CLIENT_SECRET: "a-secret-of-the-client",
  SECRET: "a-secret-of-the-client",
  COOKIE_SECRET: "a-secret-of-all-replicas",
  PUBLIC_KEY: "pk",
  SECRET_KEY: "sk",
};

function parseRecord(text: string): readonly RecordedCommand[] {
  const parts = text.split("\n\0").slice(0, -1);
  return Array.from({ length: parts.length / 2 }, (_, index) => {
    const [program = "", ...argv] = split(parts[index * 2]);
    const environment = Object.fromEntries(
      split(parts[index * 2 + 1]).map((entry) => {
        const at = entry.indexOf("=");
        return [entry.slice(0, at), entry.slice(at + 1)];
      }),
    );
    return { program, argv, environment };
  });
}

const split = (text = "") =>
  text.split("\0").filter((part, index, all) => part !== "" || index < all.length - 1);
