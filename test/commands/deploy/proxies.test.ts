/** The printed nginx and Caddy configurations: checked by the programs, and in front of a running server. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import type { Browser } from "playwright-core";
import { hasBrowser, launchBrowser } from "../../browser/browser.ts";
import { type Specchat, startSpecchat } from "../../support/harness.ts";
import { SocketClient } from "../../support/socket-client.ts";
import { runDeploy, runTool, SETTINGS } from "./run.ts";

const nginx = process.env.NGINX ?? Bun.which("nginx") ?? Bun.which("/usr/sbin/nginx");
const caddy = process.env.CADDY ?? Bun.which("caddy");
const openssl = process.env.OPENSSL ?? Bun.which("openssl");
const canServe = nginx !== null && openssl !== null;
const names = Object.keys(SETTINGS);

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(`${tmpdir()}/specchat-proxies-`);
  if (openssl === null) return;
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  const files = ["-keyout", `${folder}/site.key`, "-out", `${folder}/site.pem`];
  const { code } = await runTool([openssl, "req", "-x509", ...key, ...files, "-subj", "/CN=localhost"]);
  expect(code).toBe(0);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

function freePort(): number {
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
  const port = Number(server.port);
  void server.stop(true);
  return port;
}

/** Puts the printed site into a configuration of its own, with a certificate, ports and folders of the test. */
async function writeConfiguration(site: string, ports = { http: freePort(), https: freePort() }) {
  const changed = site
    .replaceAll(/\/etc\/ssl\/specchat\/\S+\.(pem|key);/g, `${folder}/site.$1;`)
    .replaceAll(/listen (\[::\]:)?(80|443)\b/g, (_, ipv6, port) => {
      const address = ipv6 === undefined ? "127.0.0.1" : "[::1]";
      return `listen ${address}:${port === "80" ? ports.http : ports.https}`;
    });
  await mkdir(`${folder}/logs`, { recursive: true });
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  await Bun.write(
    `${folder}/nginx.conf`,
    `${process.getuid?.() === 0 ? "user root;\n" : ""}pid ${folder}/nginx.pid;
error_log ${folder}/logs/error.log;
events {}
http {
  access_log off;
${temporary.map((name) => `  ${name}_temp_path ${folder}/${name};\n`).join("")}
${changed}
}
`,
  );
  return ports;
}

const startNginx = (...flags: readonly string[]) => [
  ...[String(nginx), "-p", folder, "-e", `${folder}/logs/error.log`, "-c", `${folder}/nginx.conf`],
  ...flags,
];

describe.skipIf(!canServe)("nginx", () => {
  test.each(names)("nginx -t accepts the site for %s.", async (name) => {
    const { files } = await runDeploy("nginx", SETTINGS[name]);
    await writeConfiguration(files["specchat.conf"] ?? "");
    const { code, text } = await runTool(startNginx("-t"));
    expect([code, text]).toEqual([0, expect.not.stringContaining("[warn]")]);
  });

  describe("in front of the server", () => {
    let specchat: Specchat;
    let proxy: Bun.Subprocess;
    let browser: Browser | undefined;
    let origin: string;
    const tls = { rejectUnauthorized: false };

    beforeAll(async () => {
      const ports = { http: freePort(), https: freePort() };
      const host = `localhost:${ports.https}`;
      specchat = await startSpecchat({
        argv: ["--allowed-hosts", host, "--trusted-proxies", "1", "--stop-grace", "0"],
        useDemoModel: true,
      });
      const { files } = await runDeploy("nginx", {
        argv: ["--spec", "demo", "--allowed-hosts", host, "--port", String(specchat.server.port)],
      });
      await writeConfiguration(files["specchat.conf"] ?? "", ports);
      proxy = Bun.spawn(startNginx("-g", "daemon off;"), { stdout: "ignore", stderr: "inherit" });
      origin = `https://${host}`;
      while (
        !(await fetch(origin, { tls })
          .then(() => true)
          .catch(() => false))
      )
        await Bun.sleep(20);
    }, 60_000);

    afterAll(async () => {
      await browser?.close();
      proxy?.kill("SIGTERM");
      await Promise.all([proxy?.exited, specchat?.stop()]);
    });

    test("The page, a WebSocket and a stream pass, and the metrics do not.", async () => {
      const page = await fetch(`${origin}/bedrock-chat/ui`, { tls });
      const metrics = await fetch(`${origin}/metrics`, { tls });
      expect([page.status, page.headers.get("strict-transport-security"), metrics.status]).toEqual([
        200,
        "max-age=31536000",
        404,
      ]);
      const client = await SocketClient.connect(origin, "/bedrock-chat/ws", { Origin: origin }, tls);
      client.send({ message: "list the products under 50 dollars" });
      const frames = await client.readUntil("ai_response");
      expect(frames.at(-1)?.message).toContain("Cast iron skillet");
      client.close();
      const stream = await fetch(`${origin}/v1/chat/completions`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({
          model: "demo",
          stream: true,
          messages: [{ role: "user", content: "list the products under 50 dollars" }],
        }),
        tls,
      });
      expect(await stream.text()).toEndWith("data: [DONE]\n\n");
    });

    test("A foreign origin is refused, and a large message passes.", async () => {
      const foreign = SocketClient.connect(
        origin,
        "/bedrock-chat/ws",
        { Origin: "https://evil.example" },
        tls,
      );
      expect(foreign).rejects.toThrow("cannot connect");
      const response = await fetch(`${origin}/v1/chat/completions`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ model: "demo", messages: [{ role: "user", content: "x".repeat(900_000) }] }),
        tls,
      });
      expect(response.status).toBe(200);
    });

    test.skipIf(!hasBrowser)(
      "The page chats in a browser.",
      async () => {
        browser = await launchBrowser();
        const context = await browser.newContext({ ignoreHTTPSErrors: true });
        const page = await context.newPage();
        await page.goto(`${origin}/bedrock-chat/ui`);
        const box = page.getByRole("textbox").first();
        await box.fill("list the products under 50 dollars");
        await box.press("Enter");
        await page.getByText("Cast iron skillet").first().waitFor();
      },
      60_000,
    );
  });
});

describe.skipIf(caddy === null)("caddy", () => {
  test.each(names)("caddy validate accepts the Caddyfile for %s.", async (name) => {
    const { files } = await runDeploy("caddy", SETTINGS[name]);
    await Bun.write(`${folder}/Caddyfile`, files.Caddyfile ?? "");
    const flags = ["--config", `${folder}/Caddyfile`, "--adapter", "caddyfile"];
    const { code, text } = await runTool([String(caddy), "validate", ...flags], {
      XDG_DATA_HOME: `${folder}/caddy`,
      XDG_CONFIG_HOME: `${folder}/caddy`,
    });
    expect([code, text]).toEqual([0, expect.stringContaining("Valid configuration")]);
  });

  test("The Caddyfile is formatted.", async () => {
    const { files } = await runDeploy("caddy", SETTINGS.redis);
    await Bun.write(`${folder}/Caddyfile`, files.Caddyfile ?? "");
    expect((await runTool([String(caddy), "fmt", `${folder}/Caddyfile`])).text).toBe(files.Caddyfile ?? "");
  });
});
