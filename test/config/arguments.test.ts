import { describe, expect, test } from "bun:test";
import { type Commands, readArguments } from "../../src/config/arguments.ts";

const commands: Commands = {
  serve: { description: "serve the chat" },
  tools: { description: "list the tools", flags: { json: { description: "as JSON" } } },
  call: {
    description: "send one request",
    parameters: ["tool"],
    flags: { args: { placeholder: "JSON", description: "arguments" } },
  },
  ask: { description: "one turn", parameters: ["question?"] },
  data: { description: "work on the data", parameters: ["save|load", "file?"] },
};

function read(...argv: string[]) {
  const { settings, ...rest } = readArguments(argv, commands);
  return { ...rest, settings: Object.fromEntries(settings) };
}

const EMPTY = {
  command: "serve",
  positionals: [],
  flags: {},
  help: false,
  version: false,
  settings: {},
  errors: [],
};

describe("readArguments()", () => {
  test("reads a setting's value after its flag, after = or next to a short flag", () => {
    for (const argv of [["--port", "9"], ["--port=9"]])
      expect(read(...argv)).toEqual({ ...EMPTY, settings: { port: { flag: "--port", texts: ["9"] } } });
    for (const argv of [["-p", "9"], ["-p9"], ["-p=9"]])
      expect(read(...argv)).toEqual({ ...EMPTY, settings: { port: { flag: "-p", texts: ["9"] } } });
    expect(read("--base-url=https://h/?a=b", "--spec", "-", "--temperature", "-1").settings).toEqual({
      baseUrl: { flag: "--base-url", texts: ["https://h/?a=b"] },
      spec: { flag: "--spec", texts: ["-"] },
      temperature: { flag: "--temperature", texts: ["-1"] },
    });
  });

  test("reads a switch without a value, and --no- as false", () => {
    expect(read("--debug-mode", "--no-enable-ui", "--allow-unauthenticated=false").settings).toEqual({
      debugMode: { flag: "--debug-mode", texts: ["true"] },
      enableUi: { flag: "--no-enable-ui", texts: ["false"] },
      allowUnauthenticated: { flag: "--allow-unauthenticated", texts: ["false"] },
    });
    expect(read("--no-enable-ui=true", "--no-port").errors).toEqual([
      "--no-enable-ui takes no value",
      "unknown flag --no-port (did you mean --port?)",
    ]);
  });

  test("takes the first word as the command, wherever its flags are", () => {
    expect(read("--spec", "a.json", "call", "--args", "{}", "list_users", "-p", "1")).toEqual({
      ...EMPTY,
      command: "call",
      positionals: ["list_users"],
      flags: { args: "{}" },
      settings: { spec: { flag: "--spec", texts: ["a.json"] }, port: { flag: "-p", texts: ["1"] } },
    });
    expect(read("--json", "tools").flags).toEqual({ json: true });
    expect(read("ask", "--", "--why?").positionals).toEqual(["--why?"]);
    expect(read("ask").errors).toEqual([]);
  });

  test("reads --help and --version in spite of errors", () => {
    expect(read("call", "--help", "--nope")).toMatchObject({ command: "call", help: true, version: false });
    expect(read("-v")).toEqual({ ...EMPTY, version: true });
  });

  test("reports each error, with the most similar name", () => {
    const table: [string[], string[]][] = [
      [["--modle", "x"], ["unknown flag --modle (did you mean --model?)"]],
      [["--prot", "80", "tools", "--json"], ["unknown flag --prot (did you mean --port?)"]],
      [["-x"], ["unknown flag -x"]],
      [["--port"], ["--port needs a value"]],
      [["--port", "--host", "h"], ["--port needs a value"]],
      [["tools", "--args", "{}"], ['--args is not a flag of "specchat tools"']],
      [["tools", "--json=1"], ["--json takes no value"]],
      [["call"], ['"specchat call" needs <tool>']],
      [["call", " "], ['"specchat call" needs <tool>']],
      [["call", "a", "b c"], ['unexpected argument "b c"; quote a value that contains spaces']],
      [["data", "save", "-"], []],
      [["data"], ['"specchat data" needs <save|load>']],
      [["data", "drop"], ['invalid argument drop for "specchat data"; expected <save|load>']],
      [
        ["data", "s3cret", "--api-header", "memory"],
        ['invalid argument for "specchat data"; expected <save|load>'],
      ],
      [
        ["tolls"],
        ["unknown command tolls (did you mean tools?); the commands are serve, tools, call, ask, data"],
      ],
      [
        ["api.yaml"],
        [
          "unknown command api.yaml (to use a document, write --spec api.yaml); the commands are serve, tools, call, ask, data",
        ],
      ],
    ];
    expect(table.map(([argv]) => read(...argv).errors)).toEqual(table.map(([, errors]) => errors));
  });
});
