/** Runs `specchat deploy` in this process and returns its files. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commands } from "../../../src/commands/index.ts";
import { loadConfig } from "../../../src/config/load.ts";
import { testPorts } from "../../support/harness.ts";

export interface DeployRun {
  /** Path in the output folder → text. */
  readonly files: Readonly<Record<string, string>>;
  readonly out: string;
  readonly err: string;
}

export interface DeploySettings {
  readonly argv?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

const specs = Object.fromEntries(Object.entries(commands).map(([name, { spec }]) => [name, spec]));

/** Secrets of the settings below. No output may have one. */
export const SECRETS = [
  ...["a-cookie-secret-of-the-test", "redis-password", "api-key-of-the-test"],
  ...["a-key-of-at-least-32-bytes-for-tokens", "token-of-the-scraper"],
];

const [cookieSecret = "", redisPassword, apiKey, jwtKey = "", metricsToken = ""] = SECRETS;

/** Settings that differ in what a deployment needs. */
export const SETTINGS: Readonly<Record<string, DeploySettings>> = {
  demo: { argv: ["--spec", "demo", "--model", "demo"] },
  "one machine": {
    argv: [
      ...["--spec", "shop=apis/shop.yaml", "--spec", "crm=https://crm.acme.com:8443/openapi.json"],
      ...["--overlay", "shop=apis/shop.overlay.yaml", "--tools-dir", "tools", "--port", "8443"],
      ...["--allowed-hosts", "chat.acme.com,help.acme.com", "--stop-grace", "90"],
      ...[
        "--system-prompt",
        `You are "Ada": 100% $HOME 'x' \\ #1\nAnswer: in {{ .Values }} form, \${AWS::Region}.`,
      ],
      ...[
        "--api-client-cert",
        "shop=certificates/client.pem",
        "--api-client-key",
        "shop=certificates/client.key",
      ],
      ...["--store", "sqlite", "--host", "127.0.0.1"],
    ],
    environment: { COOKIE_SECRET: cookieSecret, SPECCHAT_API_CREDENTIAL: `shop=key: ${apiKey}` },
  },
  redis: {
    argv: ["--spec", "http://shop.internal:8080/openapi.json", "--allowed-hosts", "chat.acme.com"],
    environment: { REDIS_URL: `rediss://specchat:${redisPassword}@redis.internal:6380/0` },
  },
  dynamodb: {
    argv: [
      ...["--spec", "https://api.acme.com/openapi.json", "--store", "dynamodb://chats?region=eu-west-1"],
      ...["--region", "eu-central-1", "--model", "eu.anthropic.claude-sonnet-5"],
      ...["--fallback-model", "us-east-1/us.amazon.nova-pro-v1:0,openai.gpt-oss-120b-1:0@us-west-2"],
      ...["--knowledge-base", "KB12345678", "--allowed-hosts", "*.acme.com"],
    ],
    environment: { COOKIE_SECRET: cookieSecret },
  },
  "ports, paths and addresses": {
    argv: [
      ...["--spec", "shop=https://[fd00::7]:8444/openapi.json", "--spec", "crm=apis/Ünser API.yaml"],
      ...["--host", "::", "--port", "8080", "--metrics-port", "9464", "--dashboard-port", "3001"],
      ...[
        "--chat-endpoint",
        "/hilfe",
        "--log-file",
        "/var/log/specchat/chat.log",
        "--audit-log",
        "audit.log",
      ],
      ...["--model", "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3d4e5f6"],
      ...[
        "--model-family",
        "anthropic.claude-sonnet-5",
        "--models",
        "openai.gpt-5.5,us.amazon.nova-pro-v1:0",
      ],
      ...["--fallback-model", "openai.gpt-6.1-sol", "--guardrail-id", "gr1234567890"],
      ...[
        "--knowledge-base",
        "KB12345678,KB87654321",
        "--phoenix-endpoint",
        "http://collector:4318/v1/traces",
      ],
      ...["--page-welcome", "Was \"nun\", $USER? 100 % 'ja' \\ nein #1", "--jwt-audience", "specchat"],
      ...["--api-header", "shop=X-Team: a; b", "--allowed-hosts", "chat.acme.com:8443,*.acme.org"],
      ...["--public-url", "https://chat.acme.com:8443", "--store", "rediss://redis.internal:6380/3"],
    ],
    environment: { SPECCHAT_JWT_KEY: jwtKey, SPECCHAT_METRICS_TOKEN: metricsToken },
  },
};

/** Runs the command. The files are those of `--out`, the output is that of a run without it. */
export async function runDeploy(
  format: string,
  { argv = [], environment = {} }: DeploySettings = {},
): Promise<DeployRun> {
  const folder = await mkdtemp(join(tmpdir(), "specchat-deploy-"));
  try {
    await execute(["deploy", format, ...argv, "--out", folder], environment);
    const { out, err } = await execute(["deploy", format, ...argv], environment);
    const files: Record<string, string> = {};
    for await (const path of new Bun.Glob("**").scan(folder))
      files[path] = await Bun.file(join(folder, path)).text();
    return { files, out, err };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function execute(argv: readonly string[], environment: Readonly<Record<string, string>>) {
  const [out, err]: [string[], string[]] = [[], []];
  const loaded = loadConfig({ argv, environment, readFile: () => undefined, commands: specs });
  await commands.deploy?.run({
    loaded,
    terminal: {
      out: (text) => void out.push(text),
      err: (text) => void err.push(text),
      flush: async () => {},
    },
    ports: testPorts(),
    useDemoModel: false,
    onReload: () => {},
    stop: new AbortController().signal,
  });
  return { out: out.join(""), err: err.join("") };
}

/** Writes the files into a folder that exists while `callback` runs. */
export async function withFiles<T>(
  files: Readonly<Record<string, string>>,
  callback: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "specchat-deploy-"));
  try {
    for (const [path, text] of Object.entries(files)) await Bun.write(join(folder, path), text);
    return await callback(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Runs a program and returns its exit code with everything that it wrote. */
export async function runTool(
  command: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number; readonly text: string }> {
  const child = Bun.spawn([...command], {
    env: { PATH: process.env.PATH, HOME: tmpdir(), ...environment },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { code, text: `${out}${err}` };
}
