/** `bun run check`, the one gate: types, style, generated docs, then the whole suite. Stops at the first failure. */
import { locateExternalTools } from "./parts.ts";

const root = `${import.meta.dir}/../..`;
const bun = process.execPath;
// The packages' own scripts run under this very Bun: there may be no Node on the machine, and no bun on the PATH.
const environment: Record<string, string | undefined> = { ...process.env };

interface Step {
  readonly name: string;
  readonly command: readonly string[];
  /** Its output is shown as it comes, not only when it fails. */
  readonly isInteractive?: boolean;
}

const checks: readonly Step[] = [
  { name: "types", command: [bun, "node_modules/typescript/bin/tsc"] },
  {
    name: "style",
    command: [bun, "node_modules/@biomejs/biome/bin/biome", "check", "--config-path=src/build/style.json"],
  },
  { name: "generated docs", command: [bun, "src/build/docs.ts", "--check"] },
];

const tests: Step = {
  name: "tests",
  command: [bun, "test", "--timeout=30000", "--only-failures"],
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
  const output = await Promise.all([textOf(child.stdout), textOf(child.stderr)]);
  const succeeded = (await child.exited) === 0;
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  print(`${isInteractive ? `${name} ` : ""}${succeeded ? "ok" : "failed"}, ${seconds} s`);
  if (!succeeded && !isInteractive) print(output.join("").trimEnd());
  return succeeded;
}

async function textOf(stream: ReadableStream<Uint8Array> | undefined): Promise<string> {
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
  print(`CI is set, so nothing may be skipped: ${report.missing.join(", ")} is missing`);
  return false;
}

async function check(): Promise<boolean> {
  for (const step of checks) if (!(await runStep(step))) return false;
  return (await ensureExternalTools()) && (await runStep(tests));
}

process.exitCode = (await check()) ? 0 : 1;
