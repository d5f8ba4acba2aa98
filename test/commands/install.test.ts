/** `specchat install`, `upgrade` and `uninstall` below a root folder, and an upgrade of a server that runs. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmod, exists, mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { swapExecutable } from "../../src/commands/install/swap.ts";
import { parseEnvironmentFile } from "../../src/config/environment-file.ts";
import { issueCookie } from "../support/browser-cookie.ts";
import { NativeClient } from "../support/harness.ts";
import { runTool } from "./deploy/run.ts";

const main = `${import.meta.dir}/../../src/main.ts`;
const hasSystemd = ["systemd-sysusers", "systemctl"].every((name) => Bun.which(name) !== null);
const isRoot = process.getuid?.() === 0;
const EXECUTABLE = "/usr/local/bin/specchat";
const ENVIRONMENT = "/etc/specchat/specchat.env";

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "specchat-root-"));
});
afterAll(() => rm(root, { recursive: true }));

/** Writes an executable of specchat: a script that runs the source. */
async function writeExecutable(name: string): Promise<string> {
  const file = join(root, name);
  await Bun.write(file, `#!/bin/sh\n# ${name}\nexec '${process.execPath}' '${main}' "$@"\n`);
  await chmod(file, 0o755);
  return file;
}

const specchat = (argv: readonly string[], environment: Readonly<Record<string, string>> = {}) =>
  runTool([process.execPath, main, ...argv], environment);

describe.skipIf(!hasSystemd || !isRoot)("Below a root folder", () => {
  test("install writes the executable, the user, the settings, the secrets and the unit.", async () => {
    await Bun.write(join(root, "shop.yaml"), "openapi: 3.1.0\n");
    const argv = ["install", "--root", root, "--executable", await writeExecutable("one")];
    const settings = ["--spec", join(root, "shop.yaml"), "--allowed-hosts", "chat.acme.com"];
    const { code, text } = await specchat([...argv, ...settings], {
      COOKIE_SECRET: "the secret of the test",
    });
    expect({ code, lines: text.trimEnd().split("\n") }).toEqual({
      code: 0,
      lines: [
        EXECUTABLE,
        "the user specchat",
        ENVIRONMENT,
        "/etc/specchat/credentials/SPECCHAT_COOKIE_SECRET",
        "/etc/specchat/shop.yaml",
        "/etc/systemd/system/specchat.service",
      ],
    });
    const read = (path: string) => readFile(root + path, "utf8");
    expect(parseEnvironmentFile(await read(ENVIRONMENT))).toMatchObject({
      SPECCHAT_SPEC: "/etc/specchat/shop.yaml",
    });
    const passwd = await read("/etc/passwd");
    const [, group = ""] = /^specchat:[^:]*:(\d+):/m.exec(await read("/etc/group")) ?? [];
    expect(passwd).toMatch(new RegExp(`^specchat:[^:]*:\\d+:${group}:specchat:/var/lib/specchat:`, "m"));
    const rights = await Promise.all(
      [EXECUTABLE, ENVIRONMENT, "/etc/specchat/credentials/SPECCHAT_COOKIE_SECRET"].map(async (path) => {
        const { mode, uid, gid } = await stat(root + path);
        return { mode: (mode & 0o777).toString(8), uid, gid };
      }),
    );
    expect(rights).toEqual([
      { mode: "755", uid: 0, gid: 0 },
      { mode: "640", uid: 0, gid: Number(group) },
      { mode: "600", uid: 0, gid: 0 },
    ]);
    expect(await read("/etc/specchat/credentials/SPECCHAT_COOKIE_SECRET")).toBe("the secret of the test");
    expect(await readdir(`${root}/etc/systemd/system/multi-user.target.wants`)).toEqual(["specchat.service"]);
    const verify = [
      "systemd-analyze",
      "verify",
      `--root=${root}`,
      "--recursive-errors=no",
      "specchat.service",
    ];
    await Bun.write(join(root, "bin/kill"), "");
    await chmod(join(root, "bin/kill"), 0o755);
    expect(await runTool(verify)).toEqual({ code: 0, text: "" });
  });

  test("A second install keeps settings that were changed, and upgrade keeps the executable before it.", async () => {
    await Bun.write(root + ENVIRONMENT, "SPECCHAT_SPEC=demo\n");
    const argv = ["install", "--root", root, "--executable", join(root, "one"), "--spec", "demo"];
    expect((await specchat(argv)).text).toContain(`${ENVIRONMENT} stays as it is`);
    expect(await readFile(root + ENVIRONMENT, "utf8")).toBe("SPECCHAT_SPEC=demo\n");
    const upgraded = await specchat(["upgrade", await writeExecutable("two"), "--root", root]);
    expect(upgraded).toEqual({
      code: 0,
      text: expect.stringMatching(/^specchat (\S+) → specchat \1\nNothing was restarted\.\n$/),
    });
    const names = [EXECUTABLE, `${EXECUTABLE}.previous`].map(async (path) =>
      (await readFile(root + path, "utf8")).match(/^# (.*)$/m)?.at(1),
    );
    expect(await Promise.all(names)).toEqual(["two", "one"]);
  });

  test("upgrade takes a file that is not executable yet, with the secrets of the unit, and refuses another one.", async () => {
    const unit = "[Service]\nEnvironment=SPECCHAT_JWT_KEY_FILE=%d/SPECCHAT_JWT_KEY\n";
    await Bun.write(`${root}/etc/systemd/system/specchat.service`, unit);
    await Bun.write(
      `${root}/etc/specchat/credentials/SPECCHAT_JWT_KEY`,
      "a key of at least thirty-two bytes",
    );
    await Bun.write(root + ENVIRONMENT, "SPECCHAT_SPEC=demo\nSPECCHAT_JWT_AUDIENCE=specchat\n");
    const file = await writeExecutable("three");
    await chmod(file, 0o600);
    expect(await specchat(["upgrade", file, "--root", root])).toEqual({
      code: 0,
      text: expect.stringMatching(/^specchat (\S+) → specchat \1\nNothing was restarted\.\n$/),
    });
    const installed = () => readFile(root + EXECUTABLE, "utf8");
    expect(await installed()).toContain("# three\n");
    await Bun.write(join(root, "text"), "no program\n");
    await Bun.write(join(root, "other"), "#!/bin/sh\necho other 1.0\n");
    const refused = ["text", "other", "missing"].map((name) => join(root, name));
    const results: unknown[] = [];
    for (const name of refused) results.push(await specchat(["upgrade", name, "--root", root]));
    expect(results).toEqual([
      {
        code: 1,
        text: expect.stringMatching(/text is no executable of specchat for this machine\. Nothing/),
      },
      {
        code: 1,
        text: expect.stringMatching(/other is no executable of specchat for this machine\. Nothing/),
      },
      { code: 1, text: `There is no file ${refused[2]}.\n` },
    ]);
    expect(await installed()).toContain("# three\n");
    expect(await exists(`${root}${EXECUTABLE}.new`)).toBe(false);
  });

  test("uninstall removes the service and keeps settings, until --purge.", async () => {
    const first = await specchat(["uninstall", "--root", root]);
    expect(first.text).toBe("Removed. /etc/specchat and /var/lib/specchat and the user specchat stay.\n");
    const present = (...paths: readonly string[]) => Promise.all(paths.map((path) => exists(root + path)));
    const paths = [EXECUTABLE, "/etc/systemd/system/specchat.service", ENVIRONMENT] as const;
    expect(await present(...paths)).toEqual([false, false, true]);
    expect((await specchat(["uninstall", "--root", root, "--purge"])).code).toBe(0);
    expect(await present(...paths)).toEqual([false, false, false]);
  });
});

test("An upgrade of a running server keeps conversations, and one that does not start is undone.", async () => {
  const place = await mkdtemp(join(tmpdir(), "specchat-upgrade-"));
  const machine = { root: place, say: () => {} };
  await Bun.write(place + EXECUTABLE, Bun.file(await writeExecutable("one")));
  await chmod(place + EXECUTABLE, 0o755);
  let child: Bun.Subprocess<"ignore", "pipe", "ignore"> | undefined;
  let url = "";
  const steps = {
    async restart() {
      child?.kill("SIGTERM");
      await child?.exited;
      child = Bun.spawn([place + EXECUTABLE, "serve"], {
        env: {
          HOME: place,
          PORT: "0",
          SPECCHAT_SPEC: "demo",
          SPECCHAT_MODEL: "demo",
          SPECCHAT_DATA_DIR: place,
        },
        stdin: "ignore",
        stdout: "pipe",
        stderr: "ignore",
      });
    },
    async waitUntilReady() {
      const { value } = (await child?.stdout.getReader().read()) ?? {};
      const [found] = /http:\/\/127\.0\.0\.1:\d+/.exec(new TextDecoder().decode(value)) ?? [];
      url = found ?? "";
      return found === undefined ? "it has ended." : undefined;
    },
  };
  await steps.restart();
  await steps.waitUntilReady();
  const headers = { Cookie: await issueCookie(url) };
  const client = await NativeClient.connect(url, headers);
  await client.runTurn("hello");
  client.close();
  const sessions = async () => (await fetch(`${url}/bedrock-chat/sessions`, { headers })).json();
  const before = await sessions();
  await swapExecutable(machine, await writeExecutable("two"), steps);
  expect(await sessions()).toEqual(before);
  expect(before).toMatchObject({ sessions: [{ message_count: 2 }] });
  // A version that prints its number and does not start.
  const broken = join(place, "broken");
  await Bun.write(broken, '#!/bin/sh\n[ "$1" = --version ] && echo "specchat 9.9.9"\n');
  await chmod(broken, 0o755);
  await expect(swapExecutable(machine, broken, steps)).rejects.toThrow(
    /^specchat 9\.9\.9 does not become ready: it has ended\. specchat \S+ runs again\.$/,
  );
  await steps.waitUntilReady();
  expect(await sessions()).toEqual(before);
  await expect(swapExecutable(machine, "/bin/true", steps)).rejects.toThrow("no executable of specchat");
  child?.kill();
  await child?.exited;
  await rm(place, { recursive: true });
});
