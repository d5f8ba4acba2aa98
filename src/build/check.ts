/**
 * `bun run check` checks types, style and generated docs, builds the executable, then runs all tests, which start it where they
 * need a process. It stops at the first failure.
 */
import { locateExternalTools } from "./external-tools.ts";

const root = `${import.meta.dir}/../..`;
const bun = process.execPath;
// Tools run under this Bun executable: the machine may have no Node, and no bun on the PATH.
const environment: Record<string, string | undefined> = {
  ...process.env,
  SPECCHAT_EXECUTABLE: `${root}/dist/specchat`,
};

interface Step {
  readonly name: string;
  readonly command: readonly string[];
  /** True when the output is shown immediately, not only on failure. */
  readonly isInteractive?: boolean;
}

const checks: readonly Step[] = [
  { name: "types", command: [bun, "node_modules/typescript/bin/tsc"] },
  {
    name: "style",
    command: [bun, "node_modules/@biomejs/biome/bin/biome", "check", "--config-path=src/build/style.json"],
  },
  { name: "generated docs", command: [bun, "src/build/docs.ts", "--check"] },
  { name: "executable", command: [bun, "src/build/binary.ts"] },
];

const tests: Step = {
  name: "tests",
  // Two workers, which is what a machine with two cores carries. Files share a module registry, as in one process.
  command: [bun, "test", "--timeout=30000", "--only-failures", "--parallel=2", "--no-isolate"],
  isInteractive: true,
};

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function runStep({ name, command, isInteractive = false }: Step): Promise<boolean> {
  process.stdout.write(isInteractive ? `${name} …\n` : `${name} … `);
  const start = performance.now();
  const child = Bun.spawn([...command], {
    cwd: root,
    env: environment,
    stdin: "ignore",
    stdout: isInteractive ? "inherit" : "pipe",
    stderr: isInteractive ? "inherit" : "pipe",
  });
  const output = await Promise.all([readText(child.stdout), readText(child.stderr)]);
  const succeeded = (await child.exited) === 0;
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  print(`${isInteractive ? `${name} ` : ""}${succeeded ? "ok" : "failed"}, ${seconds} s`);
  if (!succeeded && !isInteractive) print(output.join("").trimEnd());
  return succeeded;
}

async function readText(stream: ReadableStream<Uint8Array> | undefined): Promise<string> {
  return stream === undefined ? "" : await new Response(stream).text();
}

async function ensureExternalTools(): Promise<boolean> {
  const report = await locateExternalTools({
    environment: process.env,
    which: (command) => Bun.which(command),
    isRoot: process.getuid?.() === 0,
    run: async (command) => {
      const child = Bun.spawn([...command], {
        env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
        stdin: "ignore",
        stdout: "ignore",
        stderr: "inherit",
      });
      return (await child.exited) === 0;
    },
    print,
  });
  Object.assign(environment, report.variables);
  for (const line of report.lines) print(line);
  const isContinuousIntegration = process.env.CI === "true" || process.env.CI === "1";
  if (!isContinuousIntegration || report.missing.length === 0) return true;
  print(`CI is set, so no suite may be skipped. Missing: ${report.missing.join(", ")}`);
  return false;
}

async function check(): Promise<boolean> {
  for (const step of checks) if (!(await runStep(step))) return false;
  return (await ensureExternalTools()) && (await runStep(tests));
}

process.exitCode = (await check()) ? 0 : 1;
