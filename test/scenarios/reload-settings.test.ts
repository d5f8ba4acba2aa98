/** Settings that change while the server runs. */
import { afterEach, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSettingsReload } from "../../src/app/reload-settings.ts";
import { parseEnvironmentFile } from "../../src/config/environment-file.ts";
import { loadConfig } from "../../src/config/load.ts";
import type { ModelRequest } from "../../src/model/types.ts";
import { NativeClient, type Specchat, startSpecchat, testPorts } from "../support/harness.ts";
import { createScriptedModel, replyWithText } from "../support/scripted-model.ts";
import { SPECCHAT } from "../support/specchat-command.ts";

let specchat: Specchat | undefined;
afterEach(async () => {
  await specchat?.stop();
  specchat = undefined;
});

const START = ["--spec", "demo", "--port", "0"];

/** Starts a server, and returns a function that reloads it with other arguments. */
async function start(argv: readonly string[], model = createScriptedModel([])) {
  specchat = await startSpecchat({ argv: [...START, ...argv], model });
  const { app, log } = specchat;
  const read = (more: readonly string[]) => () =>
    loadConfig({ argv: [...START, ...more], environment: {}, readFile: () => undefined }).config;
  const reload = createSettingsReload(app, testPorts(), read(argv)());
  return {
    url: specchat.url,
    app,
    async reload(...more: readonly string[]): Promise<readonly string[]> {
      const first = log.length;
      await reload(read(more));
      return log.slice(first).map((line) => line.replace(/^\S+ +/, "").trimEnd());
    },
  };
}

test("A turn after a reload has the new prompt and limits, and the line of the log names what needs a restart.", async () => {
  const requests: ModelRequest[] = [];
  const scripted = createScriptedModel([replyWithText("one"), replyWithText("two")]);
  const { url, reload } = await start(["--system-prompt", "Be brief."], {
    ...scripted,
    stream(request, signal) {
      requests.push(request);
      return scripted.stream(request, signal);
    },
  });
  const client = await NativeClient.connect(url);
  await client.runTurn("hi");
  expect(
    await reload(
      "--system-prompt",
      "Be kind.",
      "--max-tokens",
      "99",
      "--host",
      "::1",
      "--log-level",
      "warning",
    ),
  ).toEqual(["WARNING changed settings need a restart settings=host"]);
  await client.runTurn("hi");
  client.close();
  expect(requests.map(({ system, maxTokens }) => ({ system: system.split("\n")[0], maxTokens }))).toEqual([
    { system: "Be brief.", maxTokens: 4096 },
    { system: "Be kind.", maxTokens: 99 },
  ]);
  // The log is at its first level again. Values that are unset are the defaults.
  expect(await reload()).toEqual(['INFO settings reloaded applied="maxTokens, systemPrompt, logLevel"']);
});

test("Keys are replaced, the old ones are refused, and authentication never begins or ends.", async () => {
  const [first, second] = [
    "one:sk-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "two:sk-bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
  ];
  const { url, reload } = await start(["--api-keys", first]);
  const status = async (entry: string) => {
    const headers = { Authorization: `Bearer ${entry.split(":")[1]}` };
    return (await fetch(`${url}/v1/models`, { headers })).status;
  };
  expect([await status(first), await status(second)]).toEqual([200, 401]);
  expect(await reload("--api-keys", second)).toEqual(["INFO settings reloaded applied=apiKeys"]);
  expect([await status(first), await status(second)]).toEqual([401, 200]);
  expect(await reload()).toEqual([
    "INFO settings reloaded applied=none",
    "WARNING changed settings need a restart settings=apiKeys",
  ]);
  expect([await status(first), await status(second)]).toEqual([401, 200]);
});

test("Roles in the settings are replaced, and wrong settings change nothing.", async () => {
  const roles = (protocol: string) => JSON.stringify({ defaults: { protocols: [protocol] }, roles: {} });
  const { url, app, reload } = await start(["--roles", roles("openai")]);
  const status = async () => (await fetch(`${url}/v1/models`)).status;
  expect(await status()).toBe(200);
  expect(await reload("--roles", roles("mcp"))).toEqual(["INFO settings reloaded applied=roles"]);
  expect(await status()).toBe(403);
  expect(await reload("--roles", "{", "--max-tokens", "5")).toEqual([
    expect.stringMatching(/^ERROR settings not reloaded; keeping the previous ones detail="roles/),
  ]);
  expect([await status(), app.config.maxTokens]).toEqual([403, 4096]);
  expect(app.telemetry.metrics(null).text).toContain(
    'specchat_config_reloads_total{outcome="done"} 1\nspecchat_config_reloads_total{outcome="failed"} 1\n',
  );
});

test("A reload may name another file of roles, and roles in the settings, but never begins or ends them.", async () => {
  const folder = await mkdtemp(join(tmpdir(), "specchat-roles-"));
  const roles = (protocol: string) => JSON.stringify({ defaults: { protocols: [protocol] }, roles: {} });
  const [first, second] = [join(folder, "first.json"), join(folder, "second.json")];
  await Promise.all([Bun.write(first, roles("openai")), Bun.write(second, roles("mcp"))]);
  const { url, reload } = await start(["--roles", first]);
  const status = async () => (await fetch(`${url}/v1/models`)).status;
  expect(await status()).toBe(200);
  expect(await reload("--roles", second)).toEqual(["INFO settings reloaded applied=roles"]);
  expect(await status()).toBe(403);
  expect(await reload("--roles", roles("openai"))).toEqual(["INFO settings reloaded applied=roles"]);
  expect(await status()).toBe(200);
  expect(await reload("--roles", join(folder, "none.json"))).toEqual([
    expect.stringMatching(
      /^ERROR settings not reloaded; keeping the previous ones detail="?roles: .*none\.json/,
    ),
  ]);
  expect(await reload()).toEqual([
    "INFO settings reloaded applied=none",
    "WARNING changed settings need a restart settings=roles",
  ]);
  expect(await status()).toBe(200);
  await rm(folder, { recursive: true });
});

test("SIGHUP reads the environment file again.", async () => {
  const folder = await mkdtemp(join(tmpdir(), "specchat-reload-"));
  const file = join(folder, "specchat.env");
  await Bun.write(file, "PORT=0\nLOG_LEVEL=info\n");
  const child = Bun.spawn([...SPECCHAT, "--spec", "demo", "--model", "demo"], {
    cwd: folder,
    // systemd sets the variables of the file, and does not change them any more.
    env: { HOME: folder, PORT: "0", LOG_LEVEL: "info", SPECCHAT_ENVIRONMENT_FILE: file },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const out = child.stdout.getReader();
  expect(new TextDecoder().decode((await out.read()).value)).toContain("specchat ");
  await Bun.write(file, `PORT=8123\nLOG_LEVEL=debug\n`);
  child.kill("SIGHUP");
  let log = "";
  for await (const chunk of child.stderr) {
    log += new TextDecoder().decode(chunk);
    if (log.includes("need a restart")) break;
  }
  child.kill();
  await child.exited;
  await rm(folder, { recursive: true });
  const lines = log.split("\n").filter((line) => /settings/.test(line));
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { level: "info", msg: "settings reloaded", applied: "logLevel" },
    { level: "warning", msg: "changed settings need a restart", settings: "port" },
  ]);
});

test("parseEnvironmentFile() reads quotes, escapes and comments as systemd does.", () => {
  const text = [
    "# A=1",
    "; B=2",
    "PLAIN= two words ",
    'DOUBLE="a \\"b\\" \\$c \\\\ \\n"',
    "SINGLE='a \"b\" $c \\'",
    'MANY="first',
    'second"',
    "JOINED=a\\",
    "b",
    "EMPTY=",
    "export SHELL_LIKE=1",
  ].join("\n");
  expect(parseEnvironmentFile(text)).toEqual({
    PLAIN: "two words",
    DOUBLE: 'a "b" $c \\ \\n',
    SINGLE: 'a "b" $c \\',
    MANY: "first\nsecond",
    JOINED: "ab",
    EMPTY: "",
    SHELL_LIKE: "1",
  });
});
