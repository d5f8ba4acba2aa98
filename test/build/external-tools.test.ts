import { describe, expect, test } from "bun:test";
import { type HostEnvironment, locateExternalTools } from "../../src/build/external-tools.ts";

const tools = [
  { name: "Reader", commands: ["reader", "reader2"], packages: ["reader", "fonts"], variable: "READER" },
];
const SKIPPED = "Reader not found, its suites are skipped. Install: sudo apt-get install reader fonts";

function createHost(installed: string[], rest: Partial<HostEnvironment> = {}) {
  const commands: string[] = [];
  const printed: string[] = [];
  const host: HostEnvironment = {
    environment: {},
    which: (command) => (installed.includes(command) ? `/bin/${command}` : null),
    isRoot: true,
    async run(command) {
      commands.push(command.join(" "));
      if (command.includes("install")) installed.push("reader");
      return true;
    },
    print: (line) => printed.push(line),
    ...rest,
  };
  return { host, commands, printed };
}

describe("locateExternalTools()", () => {
  test("returns the path of an installed program", async () => {
    const { host, commands } = createHost(["reader2", "apt-get"]);
    expect(await locateExternalTools(host, tools)).toEqual({
      variables: { READER: "/bin/reader2" },
      lines: [],
      missing: [],
    });
    expect(commands).toEqual([]);
  });

  test("keeps a preset variable", async () => {
    const { host, commands } = createHost(["apt-get"], { environment: { READER: "/opt/reader" } });
    expect(await locateExternalTools(host, tools)).toEqual({ variables: {}, lines: [], missing: [] });
    expect(commands).toEqual([]);
  });

  test("installs a missing program as root on Debian, and prints a message", async () => {
    const { host, commands, printed } = createHost(["apt-get"]);
    expect(await locateExternalTools(host, tools)).toMatchObject({
      variables: { READER: "/bin/reader" },
      missing: [],
    });
    expect(commands).toEqual(["apt-get update", "apt-get install -y --no-install-recommends reader fonts"]);
    expect(printed).toEqual(["installing reader and fonts with apt-get"]);
  });

  test("reports the install command elsewhere, and when the installation fails", async () => {
    const skipped = { variables: {}, lines: [SKIPPED], missing: ["Reader"] };
    for (const { host } of [
      createHost(["apt-get"], { isRoot: false }),
      createHost([]),
      createHost(["apt-get"], { run: async () => false }),
    ])
      expect(await locateExternalTools(host, tools)).toEqual(skipped);
  });
});
