import { describe, expect, test } from "bun:test";
import { type HostEnvironment, locateExternalTools } from "../../src/build/parts.ts";

const parts = [
  { name: "Reader", commands: ["reader", "reader2"], packages: ["reader", "fonts"], variable: "READER" },
];
const SKIPPED = "no Reader: its suites are skipped; sudo apt-get install reader fonts";

function machine(installed: string[], rest: Partial<HostEnvironment> = {}) {
  const commands: string[] = [];
  const said: string[] = [];
  const found: HostEnvironment = {
    environment: {},
    which: (command) => (installed.includes(command) ? `/bin/${command}` : null),
    isRoot: true,
    async run(command) {
      commands.push(command.join(" "));
      if (command.includes("install")) installed.push("reader");
      return true;
    },
    print: (line) => said.push(line),
    ...rest,
  };
  return { found, commands, said };
}

describe("findParts()", () => {
  test("names the program that is there", async () => {
    const { found, commands } = machine(["reader2", "apt-get"]);
    expect(await locateExternalTools(found, parts)).toEqual({
      variables: { READER: "/bin/reader2" },
      lines: [],
      missing: [],
    });
    expect(commands).toEqual([]);
  });

  test("leaves alone what was named by hand", async () => {
    const { found, commands } = machine(["apt-get"], { environment: { READER: "/opt/reader" } });
    expect(await locateExternalTools(found, parts)).toEqual({ variables: {}, lines: [], missing: [] });
    expect(commands).toEqual([]);
  });

  test("installs it as root on Debian, and says so", async () => {
    const { found, commands, said } = machine(["apt-get"]);
    expect(await locateExternalTools(found, parts)).toMatchObject({
      variables: { READER: "/bin/reader" },
      missing: [],
    });
    expect(commands).toEqual(["apt-get update", "apt-get install -y --no-install-recommends reader fonts"]);
    expect(said).toEqual(["installing reader and fonts with apt-get"]);
  });

  test("elsewhere, or when that fails, the suites are skipped and the one line to run is named", async () => {
    const skipped = { variables: {}, lines: [SKIPPED], missing: ["Reader"] };
    for (const { found } of [
      machine(["apt-get"], { isRoot: false }),
      machine([]),
      machine(["apt-get"], { run: async () => false }),
    ])
      expect(await locateExternalTools(found, parts)).toEqual(skipped);
  });
});
