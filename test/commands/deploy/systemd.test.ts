/** The unit and its environment file, checked by systemd and by a shell. */
import { describe, expect, test } from "bun:test";
import { loadConfig } from "../../../src/config/load.ts";
import { runDeploy, runTool, SETTINGS, withFiles } from "./run.ts";

const names = Object.keys(SETTINGS);
const analyze = process.env.SYSTEMD_ANALYZE ?? Bun.which("systemd-analyze");

async function readUnit(name: string): Promise<Readonly<Record<string, string>>> {
  const { files } = await runDeploy("systemd", SETTINGS[name]);
  // `verify` checks that the program of ExecStart= exists.
  const unit = (files["specchat.service"] ?? "").replace(
    "=/usr/local/bin/specchat serve",
    "=/bin/true serve",
  );
  return { "specchat.service": unit };
}

describe.skipIf(analyze === null)("systemd-analyze", () => {
  test.each(names)("verify has nothing to say about the unit for %s.", async (name) => {
    const unit = await readUnit(name);
    const result = await withFiles(unit, (folder) =>
      runTool([String(analyze), "verify", "--recursive-errors=no", `${folder}/specchat.service`]),
    );
    expect(result).toEqual({ code: 0, text: "" });
  });

  test("verify finds a misspelled key.", async () => {
    const { "specchat.service": text = "" } = await readUnit("demo");
    const { text: output } = await withFiles(
      { "specchat.service": text.replace("ProtectClock", "ProtectClok") },
      (folder) => runTool([String(analyze), "verify", "--recursive-errors=no", `${folder}/specchat.service`]),
    );
    expect(output).toContain("Unknown key");
  });

  test("security rates the exposure of the unit at 1.1 of 10 or better.", async () => {
    const { code, text } = await withFiles(await readUnit("one machine"), (folder) =>
      runTool([
        ...[String(analyze), "security", "--offline=yes", "--threshold=11", "--no-pager"],
        `${folder}/specchat.service`,
      ]),
    );
    expect([code, /Overall exposure level for specchat.service: ([\d.]+)/.exec(text)?.[1]]).toEqual([
      0,
      "1.1",
    ]);
  });
});

describe("systemd", () => {
  test.each(names)("A shell reads the environment file for %s as it was written.", async (name) => {
    const { files } = await runDeploy("systemd", SETTINGS[name]);
    const { text } = await withFiles(files, (folder) =>
      runTool(["sh", "-c", `set -a; . ${folder}/specchat.env; exec env -0`]),
    );
    const environment = Object.fromEntries(
      text
        .split("\0")
        .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)])
        .filter(([variable]) => variable?.startsWith("SPECCHAT_")),
    );
    // Secrets are not in the file.
    const { argv = [], environment: secrets = {} } = SETTINGS[name] ?? {};
    const readFile = () => undefined;
    const { config: given } = loadConfig({ argv, environment: secrets, readFile });
    const { config } = loadConfig({ argv: [], environment: { ...secrets, ...environment }, readFile });
    const { systemPrompt, stopGrace, port, model, fallbackModel, host, pageWelcome } = given;
    const expected = { systemPrompt, stopGrace, port, model, fallbackModel, host, pageWelcome };
    expect(config).toMatchObject(expected);
  });

  test("The service listens on each of its ports, and writes its files into its data folder.", async () => {
    const { files, err } = await runDeploy("systemd", SETTINGS["ports, paths and addresses"]);
    expect(files["specchat.service"]?.match(/^SocketBind\w+=.*$/gm)).toEqual([
      "SocketBindAllow=tcp:8080",
      "SocketBindAllow=tcp:3001",
      "SocketBindAllow=tcp:9464",
      "SocketBindDeny=any",
    ]);
    expect(files["specchat.env"]?.match(/^SPECCHAT_(LOG_FILE|AUDIT_LOG|SPEC)=.*$/gm)).toEqual([
      'SPECCHAT_SPEC="[\\"shop=https://[fd00::7]:8444/openapi.json\\",\\"crm=/etc/specchat/Ünser API.yaml\\"]"',
      "SPECCHAT_AUDIT_LOG=audit.log",
      "SPECCHAT_LOG_FILE=chat.log",
    ]);
    expect(files["specchat.service"]).not.toContain("chat.log");
    expect(err).toContain(
      "Warning: --log-file /var/log/specchat/chat.log is chat.log in the data folder there: specchat may write nowhere else.\n",
    );
  });

  test("Secrets are credentials of the unit, and a low port needs a capability.", async () => {
    const { files } = await runDeploy("systemd", {
      ...SETTINGS["one machine"],
      argv: [...(SETTINGS["one machine"]?.argv ?? []), "--port", "443"],
    });
    const unit = files["specchat.service"] ?? "";
    expect(
      unit.match(/^(LoadCredential|Environment|SocketBind\w+|AmbientCapabilities|TimeoutStopSec)=.*$/gm),
    ).toEqual([
      "Environment=SPECCHAT_ENVIRONMENT_FILE=/etc/specchat/specchat.env",
      "LoadCredential=SPECCHAT_API_CREDENTIAL:/etc/specchat/credentials/SPECCHAT_API_CREDENTIAL",
      "LoadCredential=SPECCHAT_API_CLIENT_KEY_SHOP:/etc/specchat/credentials/SPECCHAT_API_CLIENT_KEY_SHOP",
      "LoadCredential=SPECCHAT_COOKIE_SECRET:/etc/specchat/credentials/SPECCHAT_COOKIE_SECRET",
      "Environment=SPECCHAT_API_CREDENTIAL_FILE=%d/SPECCHAT_API_CREDENTIAL",
      "Environment=SPECCHAT_API_CLIENT_KEY=shop=%d/SPECCHAT_API_CLIENT_KEY_SHOP",
      "Environment=SPECCHAT_COOKIE_SECRET_FILE=%d/SPECCHAT_COOKIE_SECRET",
      "TimeoutStopSec=105",
      "SocketBindAllow=tcp:443",
      "SocketBindDeny=any",
      "AmbientCapabilities=CAP_NET_BIND_SERVICE",
    ]);
  });
});
