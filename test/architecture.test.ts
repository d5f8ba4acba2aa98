import { describe, expect, test } from "bun:test";
import { readdir } from "node:fs/promises";
import picomatch from "picomatch";
import { loadConfig } from "../src/config/load.ts";
import {
  addressMistakes,
  cycleMistakes,
  type Files,
  layerMistakes,
  packageMistakes,
  pageMistakes,
  processMistakes,
  rootMistakes,
  routeMistakes,
  sendingMistakes,
} from "./architecture/rules.ts";

const root = `${import.meta.dir}/..`;

async function read(...patterns: string[]): Promise<Files> {
  const files: Record<string, string> = {};
  for (const pattern of patterns)
    for await (const file of new Bun.Glob(pattern).scan({ cwd: root, dot: true }))
      files[file.replaceAll("\\", "/")] = await Bun.file(`${root}/${file}`).text();
  return files;
}

const source = await read("src/**/*.ts", "ui/**/*.{ts,tsx}", "package.json");

/** Each rule over the repository, and an example that it must find. */
const rules: Record<string, { rule: (files: Files) => readonly string[]; bad: Files; found: string[] }> = {
  "a file imports only from its own folder or a lower layer": {
    rule: layerMistakes,
    bad: {
      "src/main.ts": '#!/usr/bin/env bun\nimport "./server.ts";',
      "src/app.ts": 'import type { Route } from "./routes/types.ts";\nexport {} from "./chat/turn.ts";',
      "src/chat/turn.ts": 'import {\n  a,\n} from "../app.ts";\na();\nawait import("./trim.ts");',
      "src/chat/trim.ts": 'import { b } from "../model/types.ts";\nb();\nimport "../model/demo.ts";',
      "src/config/load.ts": 'import "../errors.ts";\nimport "../demo/shop.ts";',
      "src/commands/ask.ts": 'import "../server.ts";\nimport "../chat/turn.ts";',
      "src/server.ts": 'import "./commands/ask.ts";',
      "src/extra.ts": "",
    },
    found: [
      "src/extra.ts has no layer",
      "src/app.ts must not import src/routes/types.ts",
      "src/chat/turn.ts must not import src/app.ts",
      "src/chat/trim.ts must not import src/model/demo.ts",
      "src/config/load.ts must not import src/demo/shop.ts",
      "src/server.ts must not import src/commands/ask.ts",
    ],
  },
  "no file imports itself through others": {
    rule: cycleMistakes,
    bad: {
      "src/chat/a.ts": 'import "./b.ts";',
      "src/chat/b.ts": 'export type { C } from "./c.ts";',
      "src/chat/c.ts": 'import "./b.ts";\nimport "./d.ts";',
      "src/chat/d.ts": "",
    },
    found: ["src/chat/b.ts → src/chat/c.ts → src/chat/b.ts"],
  },
  "the page takes only types from the server, the server nothing from the page": {
    rule: pageMistakes,
    bad: {
      "ui/a.tsx":
        'import type { A } from "../src/wire/types.ts";\nimport { b } from "../src/wire/native.ts";\nb();',
      "src/page/bundle.ts": 'import "../../ui/main.tsx";',
    },
    found: ["ui/a.tsx must not import src/wire/native.ts", "src/page/bundle.ts must not import ui/main.tsx"],
  },
  "what it runs on is among the dependencies": {
    rule: packageMistakes,
    bad: {
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
    rule: processMistakes,
    bad: {
      "src/main.ts": "process.exit(0)",
      "src/build/check.ts": "process.argv",
      "src/chat/fine.ts": '// process.env\n/** Of the process. */\nsay("in the process.");',
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
  "only tools/execute.ts sends what the model asks for": {
    rule: sendingMistakes,
    bad: {
      "src/tools/execute.ts": "await fetch(url)",
      "src/tools/request.ts": "await ports.fetch(url)",
      "src/openapi/load.ts": "await fetch(url)",
    },
    found: ["src/tools/request.ts must not send requests"],
  },
};

describe("the architecture", () => {
  for (const [name, { rule, bad, found }] of Object.entries(rules)) {
    test(name, () => expect(rule(source)).toEqual([]));
    test(`${name}: the rule can fail`, () => expect(rule(bad)).toEqual(found));
  }

  test("every route is mounted where its file says", async () => {
    const { routes } = await import("../src/routes.ts");
    const { config } = loadConfig({ argv: [], environment: {}, readFile: () => undefined });
    const mounted = routes.map((route) => route.path(config));
    expect(routeMistakes(source, mounted)).toEqual([]);
    const files = { "src/routes/index.ts": "", "src/routes/a/b.ts": "", "src/routes/types.ts": "" };
    expect(routeMistakes(files, ["/", "/a/b/*"])).toEqual([]);
    expect(routeMistakes(files, ["/", "/a"])).toEqual([
      "the file for /a/b is not mounted",
      "no file spells /a",
    ]);
  });

  test("the root holds only what belongs there", async () => {
    const ignored = (await Bun.file(`${root}/.gitignore`).text()).split("\n").filter(Boolean);
    const isIgnored = picomatch(
      ignored.filter((line) => !line.startsWith("!")).map((line) => line.replace(/\/$/, "")),
      { dot: true },
    );
    const entries = (await readdir(root)).filter(
      (entry) => entry !== ".git" && (entry === ".env.example" || !isIgnored(entry)),
    );
    expect(rootMistakes(entries)).toEqual([]);
    expect(rootMistakes(["src", "docs"])).toEqual(["docs has no place at the root"]);
  });

  test("nothing names a registry or a place on a machine", async () => {
    const files = await read(
      "{src,ui,test}/**/*.{ts,tsx,css,html}",
      "*.{json,md,toml,lock}",
      ".ci/*",
      ".env.example",
    );
    const { "package-lock.json": _ignored, ...ours } = files;
    expect(addressMistakes(ours)).toEqual([]);
    const bad = [`https://my-${"registry"}`, "example.org/x and ", "/Users", "ada/x"];
    expect(addressMistakes({ a: `${bad[0]}.${bad[1]}${bad[2]}/${bad[3]}` })).toEqual([
      `a names ${bad[0]}.example.org`,
      `a names ${bad[2]}/ada`,
    ]);
  });
});
