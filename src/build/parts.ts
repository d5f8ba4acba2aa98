/** Programs that some suites need beside the packages: found, installed where that is ours to do, else left out. */

interface Part {
  readonly name: string;
  readonly commands: readonly string[];
  /** Debian packages. */
  readonly packages: readonly string[];
  /** Names the program's path. Left unset, the suites that need it are skipped; set by hand, it is left alone. */
  readonly variable: string;
}

/** What suites need today. */
export const PARTS: readonly Part[] = [
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

export interface PartsReport {
  /** For the environment of the tests. */
  readonly variables: Readonly<Record<string, string>>;
  /** For people, one line each. */
  readonly lines: readonly string[];
  readonly missing: readonly string[];
}

export interface Machine {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The path of a command, or null. */
  readonly which: (command: string) => string | null;
  readonly isRoot: boolean;
  /** Runs a command to its end; resolves to whether it succeeded. */
  readonly run: (command: readonly string[]) => Promise<boolean>;
  readonly say: (line: string) => void;
}

/** Installs only as root on Debian and its descendants. */
export async function findParts(machine: Machine, parts = PARTS): Promise<PartsReport> {
  const variables: Record<string, string> = {};
  const lines: string[] = [];
  const missing: string[] = [];
  for (const part of parts) {
    if (machine.environment[part.variable]) continue;
    const find = () => part.commands.map(machine.which).find((path) => path !== null);
    let path = find();
    if (path === undefined && machine.isRoot && machine.which("apt-get") !== null) {
      machine.say(`installing ${part.packages.join(" and ")} with apt-get`);
      const install = ["apt-get", "install", "-y", "--no-install-recommends", ...part.packages];
      if ((await machine.run(["apt-get", "update"])) && (await machine.run(install))) path = find();
    }
    if (path !== undefined) {
      variables[part.variable] = path;
    } else {
      missing.push(part.name);
      lines.push(`no ${part.name}: its suites are skipped; sudo apt-get install ${part.packages.join(" ")}`);
    }
  }
  return { variables, lines, missing };
}
