/** `specchat deploy`: prints or writes the files that deploy specchat with the given settings. It reads nothing else and sends no requests. */
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { VERSION } from "../config/version.ts";
import { StartError } from "../errors.ts";
import { caddy } from "./deploy/caddy.ts";
import { compose } from "./deploy/compose.ts";
import { describeDeployment } from "./deploy/deployment.ts";
import { docker } from "./deploy/dockerfile.ts";
import { ecs } from "./deploy/ecs/template.ts";
import { grafana } from "./deploy/grafana/files.ts";
import { helm } from "./deploy/helm/chart.ts";
import { iam } from "./deploy/iam/policy.ts";
import { kubernetes } from "./deploy/kubernetes/manifests.ts";
import { nginx } from "./deploy/nginx.ts";
import { checkPorts } from "./deploy/ports.ts";
import { systemd } from "./deploy/systemd.ts";
import type { DEPLOYMENT_FORMATS, DeploymentFile, DeploymentFormat } from "./deploy/types.ts";
import { describeWarnings } from "./deploy/warnings.ts";
import { withPlainOutput } from "./plain-output.ts";
import type { CommandContext } from "./types.ts";

/** The kinds of deployment by their names on the command line. */
const FORMATS: Readonly<Record<(typeof DEPLOYMENT_FORMATS)[number], DeploymentFormat>> = {
  systemd,
  docker,
  compose,
  kubernetes,
  helm,
  ecs,
  nginx,
  caddy,
  iam,
  grafana,
};

/** Formats in which a port may be any free one. */
const FREE_PORTS = ["systemd", "iam"];

export const deploy = withPlainOutput(async ({ loaded, terminal }) => {
  const [format = ""] = loaded.arguments.positionals;
  const { out, account, agents } = loaded.arguments.flags;
  const deployment = describeDeployment(loaded, {
    version: VERSION,
    account: parseAccount(account),
    agents: parseAgents(agents),
  });
  if (!FREE_PORTS.includes(format)) checkPorts(deployment.config);
  const files = isFormat(format) ? FORMATS[format](deployment) : [];
  for (const warning of [...loaded.warnings, ...describeWarnings(format, deployment)])
    terminal.err(`Warning: ${warning}\n`);
  if (typeof out === "string") await writeFiles(out, files, terminal);
  else terminal.out(formatFiles(files));
  return 0;
});

function isFormat(name: string): name is keyof typeof FORMATS {
  return Object.hasOwn(FORMATS, name);
}

/** Several files follow each other, each after a line with its name, as `head` prints them. */
function formatFiles(files: readonly DeploymentFile[]): string {
  const [file] = files;
  if (files.length === 1 && file) return file.text;
  return files.map(({ path, text }) => `==> ${path} <==\n${text}`).join("\n");
}

async function writeFiles(
  folder: string,
  files: readonly DeploymentFile[],
  { err }: CommandContext["terminal"],
): Promise<void> {
  for (const { path, text } of files) {
    const target = join(folder, path);
    await mkdir(dirname(target), { recursive: true });
    await Bun.write(target, text);
    err(`${target}\n`);
  }
}

/** @throws StartError */
function parseAccount(value: string | true | undefined): string | undefined {
  if (typeof value !== "string" || /^\d{12}$/.test(value)) return value === true ? undefined : value;
  throw new StartError(`--account ${value} is not an AWS account, such as 123456789012.`);
}

/** @throws StartError */
function parseAgents(value: string | true | undefined): readonly string[] {
  if (typeof value !== "string") return [];
  const agents = value.split(",").map((agent) => agent.trim());
  const wrong = agents.find((agent) => !/^[0-9a-zA-Z]{1,10}\/[0-9a-zA-Z]{1,10}$/.test(agent));
  if (wrong === undefined) return agents;
  throw new StartError(`--agents: ${wrong} is not AGENT/ALIAS, each of at most ten letters and digits.`);
}
