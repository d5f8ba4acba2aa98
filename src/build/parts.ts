/** Programs that some suites need beside the packages: found, installed where that is ours to do, else left out. */

interface ExternalTool {
  readonly name: string;
  readonly commands: readonly string[];
  /** Debian packages. */
  readonly packages: readonly string[];
  /** Names the program's path. Left unset, the suites that need it are skipped; set by hand, it is left alone. */
  readonly variable: string;
}

/** What suites need today. */
export const EXTERNAL_TOOLS: readonly ExternalTool[] = [
  {
    name: "Chromium",
    commands: ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"],
    packages: ["chromium", "fonts-liberation"],
    variable: "CHROMIUM",
  },
  { name: "curl", commands: ["curl"], packages: ["curl"], variable: "CURL" },
  { name: "OpenSSL", commands: ["openssl"], packages: ["openssl"], variable: "OPENSSL" },
  {
    name: "Redis",
    commands: ["redis-server", "valkey-server"],
    packages: ["redis-server"],
    variable: "REDIS_SERVER",
  },
];

export interface ExternalToolReport {
  /** For the environment of the tests. */
  readonly variables: Readonly<Record<string, string>>;
  /** For people, one line each. */
  readonly lines: readonly string[];
  readonly missing: readonly string[];
}

export interface HostEnvironment {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The path of a command, or null. */
  readonly which: (command: string) => string | null;
  readonly isRoot: boolean;
  /** Runs a command to its end; resolves to whether it succeeded. */
  readonly run: (command: readonly string[]) => Promise<boolean>;
  readonly print: (line: string) => void;
}

/** Installs only as root on Debian and its descendants. */
export async function locateExternalTools(
  host: HostEnvironment,
  tools = EXTERNAL_TOOLS,
): Promise<ExternalToolReport> {
  const variables: Record<string, string> = {};
  const lines: string[] = [];
  const missing: string[] = [];
  for (const tool of tools) {
    if (host.environment[tool.variable]) continue;
    const find = () => tool.commands.map(host.which).find((path) => path !== null);
    let path = find();
    if (path === undefined && host.isRoot && host.which("apt-get") !== null) {
      host.print(`installing ${tool.packages.join(" and ")} with apt-get`);
      const install = ["apt-get", "install", "-y", "--no-install-recommends", ...tool.packages];
      if ((await host.run(["apt-get", "update"])) && (await host.run(install))) path = find();
    }
    if (path !== undefined) {
      variables[tool.variable] = path;
    } else {
      missing.push(tool.name);
      lines.push(`no ${tool.name}: its suites are skipped; sudo apt-get install ${tool.packages.join(" ")}`);
    }
  }
  return { variables, lines, missing };
}
