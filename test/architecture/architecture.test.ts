import { describe, expect, test } from "bun:test";
import { readdir } from "node:fs/promises";
import { loadConfig } from "../../src/config/load.ts";
import { PROTOCOLS } from "../../src/config/settings/server.ts";
import { type Files, readFiles } from "./files.ts";
import {
  findCycles,
  findLayerViolations,
  findProtocolKnowledge,
  findProtocolViolations,
  findRootFileViolations,
  measureLayers,
} from "./layers.ts";
import {
  findPageViolations,
  findPrivateAddresses,
  findProcessReads,
  findRootViolations,
  findRouteViolations,
  findSenders,
  findStrayAccessRules,
  findStrayConstructors,
  findUndeclaredPackages,
  findUnservedProtocols,
} from "./rules.ts";
import { findDuplicateTypes, findLongFiles, findLongFunctions } from "./sizes.ts";
import { findFlagsForPeople } from "./texts.ts";
import { findOldWords } from "./words.ts";

const root = `${import.meta.dir}/../..`;
const source = await readFiles(root, "src/**/*.ts", "ui/**/*.{ts,tsx}", "package.json");

function onlyServer(files: Files): Files {
  return Object.fromEntries(Object.entries(files).filter(([file]) => file.startsWith("src/")));
}

/** A rule over the repository, and a fixture in which it must find `found`. */
interface Rule {
  readonly find: (files: Files) => readonly string[];
  readonly fixture: Files;
  readonly found: readonly string[];
}

const longFunction = `export function long() {\n${"  step();\n".repeat(79)}}\n`;

const rules: Readonly<Record<string, Rule>> = {
  "src has exactly five files": {
    find: findRootFileViolations,
    fixture: {
      "src/main.ts": "",
      "src/index.ts": "",
      "src/context.ts": "",
      "src/json.ts": "",
      "src/app.ts": "",
    },
    found: ["src/app.ts belongs in a folder", "src/errors.ts is missing"],
  },
  "a file imports only from its own folder or a lower layer, between parts only types": {
    find: findLayerViolations,
    fixture: {
      "src/main.ts": '#!/usr/bin/env bun\nimport "./server/server.ts";',
      "src/context.ts":
        'import type { Route } from "./routes/types.ts";\nexport type { Turn } from "./chat/types.ts";',
      "src/chat/turn.ts": 'import {\n  a,\n} from "../context.ts";\na();\nawait import("./trim.ts");',
      "src/chat/trim.ts": 'import { b } from "../model/types.ts";\nb();\nimport "../model/demo.ts";',
      "src/turns/run.ts": 'import "../sessions/live.ts";\nimport "../events/log.ts";',
      "src/commands/ask.ts": 'import "../server/server.ts";\nimport "../chat/turn.ts";',
      "src/server/server.ts": 'import "../commands/ask.ts";',
      "src/extra/a.ts": "",
    },
    found: [
      "src/extra/a.ts has no layer",
      "src/context.ts must not import src/routes/types.ts",
      "src/chat/turn.ts must not import src/context.ts",
      "src/chat/trim.ts must not import src/model/demo.ts",
      "src/turns/run.ts must not import src/sessions/live.ts",
      "src/server/server.ts must not import src/commands/ask.ts",
    ],
  },
  "no file imports itself through others": {
    find: findCycles,
    fixture: {
      "src/chat/a.ts": 'import "./b.ts";',
      "src/chat/b.ts": 'export type { C } from "./c.ts";',
      "src/chat/c.ts": 'import "./b.ts";\nimport "./d.ts";',
      "src/chat/d.ts": "",
    },
    found: ["src/chat/b.ts → src/chat/c.ts → src/chat/b.ts"],
  },
  "a protocol imports nothing of another protocol": {
    find: findProtocolViolations,
    fixture: {
      "src/protocols/a/codec.ts": 'import "../shared/socket.ts";\nimport type { B } from "../b/types.ts";',
      "src/protocols/shared/socket.ts": 'import "../b/codec.ts";',
    },
    found: [
      "src/protocols/a/codec.ts must not import src/protocols/b/types.ts",
      "src/protocols/shared/socket.ts must not import src/protocols/b/codec.ts",
    ],
  },
  "the server and the types of a request know no protocol": {
    find: findProtocolKnowledge,
    fixture: {
      "src/server/handlers.ts":
        'import { B } from "../protocols/shared/state.ts";\nimport "../protocols/b/state.ts";',
      "src/routes/_http/types.ts": 'import type { A } from "../../protocols/a/state.ts";',
      "src/routes/_http/a.ts": 'import { a } from "../../protocols/a/state.ts";',
    },
    found: [
      "src/server/handlers.ts must not import src/protocols/b/state.ts",
      "src/routes/_http/types.ts must not import src/protocols/a/state.ts",
    ],
  },
  "only app/ and commands/ choose implementations": {
    find: findStrayConstructors,
    fixture: {
      "src/app/create-app.ts": 'import { openStore } from "../store/open.ts";',
      "src/turns/run.ts": 'import {\n  type Store,\n  openStore,\n} from "../store/open.ts";',
      "src/sessions/a.ts": 'import type { Model } from "../model/types.ts";',
    },
    found: ["src/turns/run.ts must not import openStore"],
  },
  "the rule on anonymous owners lives in access/ alone": {
    find: findStrayAccessRules,
    fixture: {
      "src/access/ownership.ts": 'owner.startsWith("anonymous:")',
      "src/store/files.ts": 'owner.startsWith("anonymous:")',
    },
    found: ["src/store/files.ts must leave anonymous owners to access/"],
  },
  "the page takes only types from src, and src nothing from the page": {
    find: findPageViolations,
    fixture: {
      "ui/a.tsx":
        'import type { A } from "../src/chat/types.ts";\nimport { b } from "../src/chat/turn.ts";\nb();',
      "src/page/bundle.ts": 'import "../../ui/main.tsx";',
    },
    found: ["ui/a.tsx must not import src/chat/turn.ts", "src/page/bundle.ts must not import ui/main.tsx"],
  },
  "every package that is imported is among the dependencies": {
    find: findUndeclaredPackages,
    fixture: {
      "package.json": '{ "dependencies": { "zod": "1", "@a/b": "1" }, "devDependencies": { "react": "1" } }',
      "src/a.ts": 'import { z } from "zod";\nimport type { T } from "openapi-types";\nz();',
      "src/b.ts":
        'import { c } from "@a/b/c";\nimport { d } from "node:fs";\nimport { sql } from "bun";\nc(d, sql);',
      "src/build/page.ts": 'import { r } from "react";\nr();',
      "ui/a.tsx": 'import { r } from "react";\nimport { c } from "@a/c";\nr(c);',
    },
    found: [
      "src/a.ts imports openapi-types, which is not among the dependencies",
      "ui/a.tsx imports react, which is not among the dependencies",
      "ui/a.tsx imports @a/c, which is not among the dependencies",
    ],
  },
  "only main.ts and build/ read the process": {
    find: findProcessReads,
    fixture: {
      "src/main.ts": "process.exit(0)",
      "src/build/check.ts": "process.argv",
      "src/chat/fine.ts": '// process.env\n/** The process. */\nsay("in the process.");',
      "src/chat/clock.ts": "process.threadCpuUsage()",
      "src/chat/a.ts": "const { PORT } = process.env;",
      "src/chat/b.ts": "Bun.env.PORT",
      "src/chat/c.ts": 'import { env } from "node:process";',
    },
    found: [
      "src/chat/a.ts must not read the process",
      "src/chat/b.ts must not read the process",
      "src/chat/c.ts must not read the process",
    ],
  },
  "only tools/http/execute.ts sends what the model asks for": {
    find: findSenders,
    fixture: {
      "src/tools/http/execute.ts": "await fetch(url)",
      "src/tools/request/request.ts": "await ports.fetch(url)",
      "src/openapi/document/load.ts": "await fetch(url)",
    },
    found: ["src/tools/request/request.ts must not send requests"],
  },
  "files have at most 250 lines": {
    find: (files) => findLongFiles(onlyServer(files)),
    fixture: { "src/a.ts": "\n".repeat(251), "src/b.ts": "\n".repeat(250) },
    found: ["src/a.ts"],
  },
  "functions have at most 80 lines": {
    find: findLongFunctions,
    fixture: {
      "src/a.ts": longFunction,
      "src/b.ts": longFunction.replace("  step();\n", ""),
      "src/c.ts": longFunction.replace("long()", "long(\n  a: string,\n)"),
      "src/d.ts": `export class D {\n${longFunction.replace("export function ", "async ").replaceAll(/^(?=.)/gm, "  ")}}\n`,
    },
    found: ["src/a.ts long", "src/c.ts long", "src/d.ts long"],
  },
  "exported type names are unique": {
    find: (files) => findDuplicateTypes(onlyServer(files)),
    fixture: {
      "src/a.ts": "export type Place = string;",
      "src/b.ts": "export interface Place {}",
      "src/c.ts": "interface Place {}",
    },
    found: ["Place: src/a.ts, src/b.ts"],
  },
  "a text that people read names no flag, which only the operator can set": {
    find: findFlagsForPeople,
    fixture: {
      "src/tools/a.ts":
        'throw new AppError("bad_request", `No (size), see --max-size.`, { detail: "Set --max-size." });',
      "src/chat/b.ts": 'throw new AppError("forbidden", "No.", {\n  detail: `Set --roles.`,\n});\n/** --c */',
      "src/turns/c.ts": 'return fail(isLate ? "Too late; raise --timeout." : "No.");\nuse("--other");',
      "src/model/d.ts": 'const PROBLEMS = [{ text: "Set --model." }, { advice: "Set --region." }];',
      "src/commands/e.ts": 'throw new AppError("bad_request", "Pass --spec.");',
      "ui/language/en.ts": 'export const en = { "a.b": "Pass --spec." };',
    },
    found: [
      "src/tools/a.ts: --max-size",
      "src/turns/c.ts: --timeout",
      "src/model/d.ts: --model",
      "ui/language/en.ts: --spec",
    ],
  },
  "names and comments hold no word of the old vocabulary": {
    find: findOldWords,
    fixture: {
      "src/a.ts": "/** Whoever asks is told. */\nexport const askerOf = (story: Story) => 1;",
      "src/b.ts": '/** Returns the history. */\nexport const text = "told";',
    },
    found: ["src/a.ts: whoever, told, asker, story, story"],
  },
};

describe("the architecture", () => {
  test("names and comments of the tests hold no word of the old vocabulary.", async () => {
    const tests = await readFiles(root, "test/**/*.{ts,tsx}");
    const others = Object.entries(tests).filter(([file]) => !file.startsWith("test/architecture/"));
    expect(findOldWords(Object.fromEntries(others))).toEqual([]);
  });

  for (const [name, { find, fixture, found }] of Object.entries(rules)) {
    test(`${name}.`, () => expect(find(source)).toEqual([]));
    test(`${name}: the rule finds violations.`, () => expect(find(fixture)).toEqual([...found]));
  }

  test("every file in routes/ is the path of a mounted URL, and the other way round.", async () => {
    const { routes } = await import("../../src/server/routes.ts");
    const { config } = loadConfig({ argv: [], environment: {}, readFile: () => undefined });
    const mounted = routes.map((route) => route.path(config));
    expect(findRouteViolations(source, mounted)).toEqual([]);
    const files = { "src/routes/index.ts": "", "src/routes/a/b.ts": "", "src/routes/_http/types.ts": "" };
    expect(findRouteViolations(files, ["/", "/a/b/*"])).toEqual([]);
    expect(findRouteViolations(files, ["/", "/a"])).toEqual([
      "the file for /a/b is not mounted",
      "no file spells /a",
    ]);
  });

  test("every protocol has a folder, a mounted route and a row in the test over all of them.", async () => {
    const { routes } = await import("../../src/server/routes.ts");
    const { config } = loadConfig({ argv: [], environment: {}, readFile: () => undefined });
    const isMounted = (name: string) =>
      routes.some(
        ({ enabled }) =>
          enabled?.({ ...config, contracts: PROTOCOLS.filter((one) => one === name) }) &&
          !enabled({ ...config, contracts: [] }),
      );
    const files = await readFiles(root, "src/protocols/**/*.ts", "test/contracts/*.ts");
    expect(findUnservedProtocols(PROTOCOLS, files, isMounted)).toEqual([]);
    expect(findUnservedProtocols(["telegraph"], files, isMounted)).toEqual([
      "telegraph has no folder src/protocols/telegraph/",
      "telegraph has no route",
      "telegraph is not in every-protocol.test.ts",
    ]);
  });

  test("the imports between folders stay few and shallow.", () => {
    const { rootFiles, levels, dependencies } = measureLayers(onlyServer(source));
    process.stdout.write(
      `architecture: ${rootFiles} files at the root of src, ${levels} levels, ${dependencies} dependencies between folders, no exceptions\n`,
    );
    expect(rootFiles).toBe(5);
    expect(levels).toBeLessThanOrEqual(15);
    expect(dependencies).toBeLessThanOrEqual(112);
    const chain = {
      "src/main.ts": 'import "./app/a.ts";',
      "src/app/a.ts": 'import "../chat/a.ts";',
      "src/chat/a.ts": 'import type { M } from "../model/types.ts";',
      "src/model/types.ts": 'import type { C } from "../chat/types.ts";\nimport "../errors.ts";',
    };
    expect(measureLayers(chain)).toEqual({ rootFiles: 1, levels: 4, dependencies: 3 });
  });

  test("the root holds only what belongs there.", async () => {
    const ignored = (await Bun.file(`${root}/.gitignore`).text()).split("\n").filter(Boolean);
    const globs = ignored
      .filter((line) => !line.startsWith("!"))
      .map((line) => new Bun.Glob(line.replace(/\/$/, "")));
    const isIgnored = (entry: string) => globs.some((glob) => glob.match(entry));
    const entries = (await readdir(root)).filter(
      (entry) => entry !== ".git" && (entry === ".env.example" || !isIgnored(entry)),
    );
    expect(findRootViolations(entries)).toEqual([]);
    expect(findRootViolations(["src", "docs"])).toEqual(["docs has no place at the root"]);
  });

  test("nothing names a registry or a place on a machine.", async () => {
    const files = await readFiles(
      root,
      "{src,ui,test}/**/*.{ts,tsx,css,html,md}",
      "*.{json,md,toml,lock}",
      ".ci/*",
      ".env.example",
    );
    const { "package-lock.json": _ignored, ...ours } = files;
    expect(findPrivateAddresses(ours)).toEqual([]);
    const bad = [`https://my-${"registry"}`, "example.org/x and ", "/Users", "ada/x"];
    expect(findPrivateAddresses({ a: `${bad[0]}.${bad[1]}${bad[2]}/${bad[3]}` })).toEqual([
      `a names ${bad[0]}.example.org`,
      `a names ${bad[2]}/ada`,
    ]);
  });
});
