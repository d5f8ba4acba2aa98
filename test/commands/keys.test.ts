/** `specchat keys`, and what a running server makes of its changes. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { chmod, mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commands } from "../../src/commands/index.ts";
import { loadConfig } from "../../src/config/load.ts";
import { type Specchat, startSpecchat, testPorts } from "../support/harness.ts";

const specs = Object.fromEntries(Object.entries(commands).map(([name, { spec }]) => [name, spec]));
const NOW = new Date("2026-11-29T08:00:00.000Z");
let folder: string;
let file: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "specchat-keys-"));
  file = join(folder, "keys.json");
});
afterAll(() => rm(folder, { recursive: true }));

async function keys(...argv: string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  const loaded = loadConfig({
    argv: ["keys", ...argv],
    environment: {},
    readFile: () => undefined,
    commands: specs,
  });
  await commands.keys?.run({
    loaded,
    terminal: {
      out: (text) => void out.push(text),
      err: (text) => void err.push(text),
      flush: async () => {},
    },
    ports: { ...testPorts(), now: () => NOW },
    useDemoModel: false,
    onReload: () => {},
    stop: new AbortController().signal,
  });
  return { out: out.join(""), err: err.join("") };
}

const add = (name: string, ...argv: string[]) => keys("add", name, "--api-keys-file", file, ...argv);
const list = (...argv: string[]) => keys("list", "--api-keys-file", file, ...argv);
const revoke = (name: string) => keys("revoke", name, "--api-keys-file", file);

test("A key is printed once, alone; the file has its hash and is its owner's.", async () => {
  const { out, err } = await add("ci", "--key-roles", "support, auditor", "--expires", "90d");
  expect(out).toMatch(/^sk-specchat-[\w-]{43}\n$/);
  const { out: json } = await list("--json");
  const [stored] = JSON.parse(json) as [Readonly<Record<string, unknown>>];
  expect(stored).toEqual({
    name: "ci",
    id: stored.id,
    roles: ["support", "auditor"],
    createdAt: NOW.toISOString(),
    expiresAt: "2027-02-27T08:00:00.000Z",
  });
  expect(err).toBe(
    `ci (${stored.id}) added to ${file}, which has only the hash. The key is not shown again.\n`,
  );
  expect(await readFile(file, "utf8")).not.toContain(out.trim());
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

test("The list says who has a key, for what and how long. A new file keeps the rights of the old one.", async () => {
  await chmod(file, 0o640);
  await add("web", "--key-organization", "Acme", "--expires", "2027-01-31");
  expect((await stat(file)).mode & 0o777).toBe(0o640);
  const { out } = await list();
  expect(out.replaceAll(/[\da-f]{12}/g, "0123456789ab")).toBe(
    [
      "NAME  ID            ROLES            ORGANIZATION  CREATED     EXPIRES",
      "ci    0123456789ab  support,auditor  -             2026-11-29  2027-02-27",
      "web   0123456789ab  -                Acme          2026-11-29  2027-01-31",
      "",
    ].join("\n"),
  );
});

test("A name may have two keys while one replaces the other. An id revokes one, a name all.", async () => {
  const { err } = await add("ci");
  expect(err).toEndWith(
    "2 keys have this name and are the same user. Revoke an old one by its id, once nobody uses it.\n",
  );
  const ids = () =>
    list("--json").then(({ out }) => (JSON.parse(out) as { id: string }[]).map(({ id }) => id));
  const [first = "", second] = await ids();
  expect(await revoke(first)).toEqual({
    out: "",
    err: `ci (${first}) revoked: servers refuse it from now on.\n`,
  });
  expect(await ids()).toEqual([second ?? "", expect.any(String)]);
  await Promise.all([revoke("ci"), revoke("web")]);
  expect(await list()).toEqual({ out: "", err: `${file} has no keys.\n` });
});

test.each([
  [["add", "a b"], "a b is not a name of letters, digits and . _ @ - with at most 64 characters."],
  [["add"], "Name the key: specchat keys add NAME."],
  [["revoke", "nobody"], "has no key with the name or id nobody."],
  [
    ["add", "ci", "--expires", "2020-01-01"],
    "--expires 2020-01-01 is neither days, such as 90d, nor a date in the future, such as 2027-01-31.",
  ],
])("%p is refused.", async (argv, message) => {
  expect(keys(...argv, "--api-keys-file", file)).rejects.toThrow(message);
});

test("Each change is recorded in the audit log of the command, without the key.", async () => {
  const audit = join(folder, "audit.jsonl-keys");
  const argv = ["--api-keys-file", join(folder, "recorded.json"), "--audit-log", audit, "--data-dir", folder];
  const { out } = await keys("add", "ci", ...argv);
  await keys("list", ...argv);
  await keys("revoke", "ci", ...argv);
  const text = await readFile(audit, "utf8");
  const entries = text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const change = {
    event: "administration",
    caller: "terminal",
    subject: expect.stringMatching(/^ci \([\da-f]{12}\)$/),
  };
  expect(entries.filter(({ event }) => event === "administration")).toEqual([
    expect.objectContaining({ ...change, act: "key_added" }),
    expect.objectContaining({ ...change, act: "key_revoked" }),
  ]);
  expect(text).not.toContain(out.trim());
});

test("keys without a file is refused.", () => {
  expect(keys("list")).rejects.toThrow("No file of API keys: set --api-keys-file.");
});

test("A running server accepts, refuses and audits keys as they change, and their roles count.", async () => {
  const { out: first } = await add("reader", "--key-roles", "reader");
  const audit = join(folder, "audit.jsonl");
  const roles = { roles: { reader: { allow: [] }, admin: { administrates: ["usage"] } } };
  const specchat = await startSpecchat({
    argv: ["--api-keys-file", file, "--audit-log", audit, "--roles", JSON.stringify(roles)],
    useDemoModel: true,
  });
  const { out: second } = await add("boss", "--key-roles", "admin");
  const answers = async () => [
    await readStatus(specchat, "/v1/models", first),
    await readStatus(specchat, "/metrics", first),
    await readStatus(specchat, "/metrics", second),
  ];
  expect(await answers()).toEqual([200, 403, 200]);
  await revoke("boss");
  expect(await answers()).toEqual([200, 403, 401]);
  await specchat.stop();
  const text = await readFile(audit, "utf8");
  const entries = text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(entries.filter(({ event }) => event === "administration" || event === "denied")).toMatchObject([
    { event: "administration", act: "key_added", subject: expect.stringMatching(/^boss \([\da-f]{12}\)$/) },
    {
      event: "denied",
      reason: "authorization",
      code: "not_administrator",
      key: "reader",
      subject: "GET /metrics",
    },
    { event: "administration", act: "key_revoked", subject: expect.stringMatching(/^boss /) },
    { event: "denied", reason: "authorization", code: "not_administrator", key: "reader" },
    { event: "denied", reason: "authentication", code: "unknown_key", subject: "GET /metrics" },
  ]);
  // A change is no act of the client whose request noticed it.
  expect(entries.filter(({ act, request }) => act?.startsWith("key_") && request)).toEqual([]);
  expect(text).not.toContain(first.trim());
});

async function readStatus({ url }: Specchat, path: string, key: string): Promise<number> {
  return (await fetch(`${url}${path}`, { headers: { Authorization: `Bearer ${key.trim()}` } })).status;
}
