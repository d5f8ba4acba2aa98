/** Every block of shell commands in the manual runs: in Bash, and the commands of specchat with its real code. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { PACKAGE_ENVIRONMENT } from "../../src/build/release/package-texts.ts";
import { isExpectedSchema } from "../../src/store/dynamodb/table-schema.ts";
import { createShell, type RecordedCommand } from "./run-shell.ts";
import { runSpecchat } from "./run-specchat.ts";
import { hasServer, readSamples } from "./samples.ts";

const root = `${import.meta.dir}/../..`;
const samples = (await readSamples()).filter((sample) => sample.language === "sh" && !hasServer(sample));

let folder: string;
let run: (script: string) => Promise<readonly RecordedCommand[]>;
let api: ReturnType<typeof Bun.serve>;
const previous = process.cwd();

beforeAll(async () => {
  folder = await mkdtemp(`${tmpdir()}/specchat-manual-`);
  run = await createShell(folder);
  api = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => Response.json({ id: 7, status: "late" }) });
  const document = await readFile(`${import.meta.dir}/../fixtures/orders.yaml`, "utf8");
  for (const name of ["openapi.yaml", "shop.yaml"])
    await Bun.write(
      `${folder}/${name}`,
      document.replace("http://orders.test", `http://127.0.0.1:${api.port}`),
    );
  await Bun.write(`${folder}/queries.json`, '["which orders are late?"]');
  // The commands name files in the current folder.
  process.chdir(folder);
});
afterAll(async () => {
  process.chdir(previous);
  await api.stop(true);
  await rm(folder, { recursive: true });
});

/** Returns a script for Bash. A block of flags alone belongs to the command before it. */
function toScript(text: string): string {
  const isFlags = text.startsWith("--");
  const before = text.includes("--oidc-")
    ? "--public-url https://chat.example.com --cookie-secret secret-of-all-replicas"
    : "";
  const spec = text.includes("shop=") ? "shop=shop.yaml" : "openapi.yaml";
  const script = isFlags ? `specchat --spec ${spec} ${before} ${text}` : text;
  // Variables alone are for the next start of the server.
  return /^export /.test(text) ? `${script}\nspecchat --spec openapi.yaml` : script;
}

async function checkProgram({ program, argv }: RecordedCommand): Promise<void> {
  if (program === "npm" || program === "bun") {
    const { scripts } = await Bun.file(`${root}/package.json`).json();
    const name = argv[0] === "run" ? argv[1] : argv[0];
    expect(["install", ...Object.keys(scripts)]).toContain(name ?? "");
  } else if (program === "aws") {
    expect(argv[0]).toBe("dynamodb");
    const keys = argv[argv.indexOf("--key-schema") + 1] ?? "";
    if (argv[1] === "create-table")
      expect(
        isExpectedSchema({
          KeySchema: [keys, argv[argv.indexOf("--key-schema") + 2] ?? ""].map((key) => ({
            AttributeName: /AttributeName=(\w+)/.exec(key)?.[1],
            KeyType: undefined,
          })),
          GlobalSecondaryIndexes: [{ IndexName: /IndexName=([\w-]+)/.exec(argv.join(" "))?.[1] }],
        } as never),
      ).toBe(true);
  } else {
    const { version } = await Bun.file(`${root}/package.json`).json();
    if (program === "apt") expect(argv).toEqual(["install", `./specchat_${version}_amd64.deb`]);
    if (program === "editor") expect(argv).toEqual([PACKAGE_ENVIRONMENT]);
    if (program === "systemctl") expect(argv.at(-1)).toBe("specchat");
  }
}

test.each(samples.map(({ place, text }) => [place, text] as const))("%s", async (_place, text) => {
  const recorded = await run(toScript(text));
  expect(recorded).not.toEqual([]);
  for (const command of recorded)
    await (command.program === "specchat" ? runSpecchat(command, folder) : checkProgram(command));
});

test("No block is empty, and each has a language that is checked.", async () => {
  const all = await readSamples();
  expect(all.filter(({ text }) => text.trim() === "")).toEqual([]);
  const checked = ["sh", "json", "yaml", "ts", "tsx", "http", "nginx", "html"];
  expect(all.filter(({ language }) => !checked.includes(language)).map(({ place }) => place)).toEqual([]);
});
