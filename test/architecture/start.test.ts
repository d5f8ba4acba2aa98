/** What the start of a process loads: the files and packages that a file imports statically, and their imports. */
import { expect, test } from "bun:test";
import { posix } from "node:path";
import { type Files, readFiles } from "./files.ts";

const source = await readFiles(`${import.meta.dir}/../..`, "src/**/*.ts");

interface Loaded {
  readonly files: readonly string[];
  readonly packages: readonly string[];
}

/** Follows imports of values. What is loaded on demand, with `import()`, and types are left out. */
function findLoaded(files: Files, entry: string): Loaded {
  const seen = new Set<string>();
  const packages = new Set<string>();
  const waiting = [entry];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    for (const { path, kind } of new Bun.Transpiler({ loader: "ts" }).scanImports(
      (files[file] ?? "").replace(/^#!.*/, ""),
    )) {
      if (kind !== "import-statement") continue;
      if (!path.startsWith(".")) packages.add(path);
      else if (path.endsWith(".ts")) waiting.push(posix.join(posix.dirname(file), path));
    }
  }
  return { files: [...seen].sort(), packages: [...packages].sort() };
}

test("A command loads the settings and its own code: nothing of the server.", () => {
  const { files, packages } = findLoaded(source, "src/main.ts");
  expect(packages.filter((name) => !name.startsWith("node:"))).toEqual([
    "fastest-levenshtein",
    "jsonc-parser",
  ]);
  const folders = new Set(files.map((file) => /^src\/(\w+)\//.exec(file)?.[1] ?? "src"));
  expect([...folders].sort()).toEqual(["commands", "config", "src", "telemetry"]);
  expect(files.filter((file) => /\/(commands|telemetry)\//.test(file))).toEqual([
    "src/commands/deploy/types.ts",
    "src/commands/help.ts",
    "src/commands/index.ts",
    "src/commands/output.ts",
    "src/commands/specs.ts",
    "src/telemetry/usage/types.ts",
  ]);
});

test("A server loads no library of a feature that it may not have.", () => {
  const { files, packages } = findLoaded(source, "src/commands/serve.ts");
  const optional = /^(@aws-sdk|@smithy|@opentelemetry|@modelcontextprotocol|openid-client|jose|json-p3)/;
  expect(packages.filter((name) => optional.test(name))).toEqual([]);
  const onDemand = /^src\/(demo\/|store\/(redis|dynamodb)\/|manual\/|commands\/(deploy|install)\/)/;
  expect(files.filter((file) => onDemand.test(file))).toEqual([]);
  const schemas = ["anthropic/requests", "openai/requests", "openai/responses-requests", "ag-ui/requests"];
  const others = ["src/page/brand/theme.ts", "src/access/authorization/roles-schema.ts"];
  const unneeded = [...schemas.map((name) => `src/protocols/${name}.ts`), ...others];
  expect(files.filter((file) => unneeded.includes(file))).toEqual([]);
});

test("`findLoaded()` follows imports of values alone.", () => {
  const files = {
    "src/a.ts":
      'import { b } from "./b.ts";\nimport type { C } from "./c.ts";\nb();\nawait import("./d.ts");',
    "src/b.ts": 'import { z } from "zod";\nexport const b = () => z;',
    "src/c.ts": 'import "yaml";',
    "src/d.ts": 'import "ajv";',
  };
  expect(findLoaded(files, "src/a.ts")).toEqual({ files: ["src/a.ts", "src/b.ts"], packages: ["zod"] });
});
