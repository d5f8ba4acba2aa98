/** Locates the programs that some test suites need, and installs missing ones as root on Debian. */

interface ExternalTool {
  readonly name: string;
  readonly commands: readonly string[];
  /** The Debian packages that contain it. */
  readonly packages: readonly string[];
  /** The environment variable with the program's path. Suites skip when it is unset. A preset value is kept. */
  readonly variable: string;
}

/** The programs that test suites need. */
export const EXTERNAL_TOOLS: readonly ExternalTool[] = [
  { name: "Caddy", commands: ["caddy"], packages: ["caddy"], variable: "CADDY" },
  {
    name: "Chromium",
    commands: ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"],
    packages: ["chromium", "fonts-liberation"],
    variable: "CHROMIUM",
  },
  { name: "curl", commands: ["curl"], packages: ["curl"], variable: "CURL" },
  { name: "dpkg-deb", commands: ["dpkg-deb"], packages: ["dpkg"], variable: "DPKG_DEB" },
  { name: "nginx", commands: ["nginx", "/usr/sbin/nginx"], packages: ["nginx"], variable: "NGINX" },
  { name: "OpenSSL", commands: ["openssl"], packages: ["openssl"], variable: "OPENSSL" },
  { name: "promtool", commands: ["promtool"], packages: ["prometheus"], variable: "PROMTOOL" },
  {
    name: "Redis",
    commands: ["redis-server", "valkey-server"],
    packages: ["redis-server"],
    variable: "REDIS_SERVER",
  },
  { name: "rpmbuild", commands: ["rpmbuild"], packages: ["rpm"], variable: "RPMBUILD" },
  {
    name: "systemd-analyze",
    commands: ["systemd-analyze"],
    packages: ["systemd"],
    variable: "SYSTEMD_ANALYZE",
  },
];

export interface ExternalToolReport {
  /** Variables for the environment of the tests. */
  readonly variables: Readonly<Record<string, string>>;
  /** Messages for the user, one line each. */
  readonly lines: readonly string[];
  readonly missing: readonly string[];
}

export interface HostEnvironment {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Returns the path of a command, or null. */
  readonly which: (command: string) => string | null;
  readonly isRoot: boolean;
  /** Runs a command. Resolves to true when it succeeds. */
  readonly run: (command: readonly string[]) => Promise<boolean>;
  readonly print: (line: string) => void;
}

/** Locates the tools. Missing ones are installed only as root and with apt-get. */
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
      lines.push(
        `${tool.name} not found, its suites are skipped. Install: sudo apt-get install ${tool.packages.join(" ")}`,
      );
    }
  }
  return { variables, lines, missing };
}
