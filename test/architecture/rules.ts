/** Rules on what a file may import, read or hold. Each returns its violations. */
import { allImportsOf, codeOf, type Files, importedNames, importsOf } from "./files.ts";

/** Finds imports of values from `src` in the page, and of the page in `src`. */
export function findPageViolations(files: Files): readonly string[] {
  return importsOf(files)
    .filter(
      ({ from, to, isType }) =>
        (from.startsWith("ui/") && to.startsWith("src/") && !isType) ||
        (from.startsWith("src/") && !to.startsWith("src/") && to !== "package.json"),
    )
    .map(({ from, to }) => `${from} must not import ${to}`);
}

/** Finds packages that are imported but not among the dependencies. An application that installs specchat needs them, types too. */
export function findUndeclaredPackages(files: Files): readonly string[] {
  const { dependencies = {} } = JSON.parse(files["package.json"] ?? "{}");
  return allImportsOf(files)
    .filter(({ from }) => !from.startsWith("src/build/"))
    .filter(({ to }) => !/^(\.|node:|bun(:|$))/.test(to))
    .map(({ from, to }) => ({ from, name: to.split("/", to.startsWith("@") ? 2 : 1).join("/") }))
    .filter(({ name }) => !Object.hasOwn(dependencies, name))
    .map(({ from, name }) => `${from} imports ${name}, which is not among the dependencies`);
}

/** Finds files other than `main.ts` and `build/` that read the process or its environment. The clock of a thread is neither. */
export function findProcessReads(files: Files): readonly string[] {
  return Object.entries(files)
    .filter(([file]) => file.startsWith("src/") && file !== "src/main.ts" && !file.startsWith("src/build/"))
    .filter(([, text]) =>
      /\bprocess(?:\[|\.(?!threadCpuUsage\b))|\bBun\.env\b|\bimport\.meta\.env\b|node:process/.test(
        codeOf(text),
      ),
    )
    .map(([file]) => `${file} must not read the process`);
}

/** Finds files of `tools/` that send requests, other than the two that may. */
export function findSenders(files: Files): readonly string[] {
  const senders = ["src/tools/http/execute.ts", "src/tools/auth/fetch-token.ts"];
  return Object.entries(files)
    .filter(([file]) => file.startsWith("src/tools/") && !senders.includes(file))
    .filter(([, text]) => /\bfetch\(/.test(codeOf(text)))
    .map(([file]) => `${file} must not send requests`);
}

/** Finds files of `src/routes` that no mounted route is spelled like, and the other way round. Names that begin with `_` are helpers. */
export function findRouteViolations(files: Files, mounted: readonly string[]): readonly string[] {
  const spelled = Object.keys(files)
    .filter((file) => file.startsWith("src/routes/") && !file.includes("/_"))
    .map((file) => file.replace(/^src\/routes|\.ts$|\/?index\.ts$/g, "").replace(/\[(\w+)\]/g, ":$1") || "/");
  const paths = mounted.map((path) => path.replace(/\/\*$/, ""));
  return [
    ...spelled.filter((path) => !paths.includes(path)).map((path) => `the file for ${path} is not mounted`),
    ...paths.filter((path) => !spelled.includes(path)).map((path) => `no file spells ${path}`),
  ];
}

/** Functions that choose what stands behind a port. */
const CONSTRUCTORS = [
  "createBedrock",
  "createBedrockAgent",
  "createDemoModel",
  "createLog",
  "createPage",
  "createTelemetry",
  "createTraces",
  "openStore",
];

/** Finds imports of implementations' constructors outside `app/` and `commands/`. */
export function findStrayConstructors(files: Files): readonly string[] {
  return Object.entries(files)
    .filter(([file]) => file.startsWith("src/") && !/^src\/(app|commands)\//.test(file))
    .flatMap(([file, text]) =>
      importedNames(text)
        .filter(({ name }) => CONSTRUCTORS.includes(name))
        .map(({ name }) => `${file} must not import ${name}`),
    );
}

/** Finds the rule on anonymous owners outside `access/`. */
export function findStrayAccessRules(files: Files): readonly string[] {
  return Object.entries(files)
    .filter(([file]) => file.startsWith("src/") && !file.startsWith("src/access/"))
    .filter(([, text]) => /["'`]anonymous:/.test(text))
    .map(([file]) => `${file} must leave anonymous owners to access/`);
}

/** The folder of a protocol, where it is not named like the setting's value. */
const FOLDERS: Readonly<Record<string, string>> = { agent: "bedrock-agent" };

/** Finds names of `--contracts` without a folder, a mounted route, or a row in the test that runs over every protocol. */
export function findUnservedProtocols(
  names: readonly string[],
  files: Files,
  isMounted: (name: string) => boolean,
): readonly string[] {
  const everyProtocol = files["test/contracts/every-protocol.test.ts"] ?? "";
  return names.flatMap((name) => {
    const folder = `src/protocols/${FOLDERS[name] ?? name}/`;
    return [
      ...(Object.keys(files).some((file) => file.startsWith(folder))
        ? []
        : [`${name} has no folder ${folder}`]),
      ...(isMounted(name) ? [] : [`${name} has no route`]),
      ...(new RegExp(`^  (?:"${name}"|${name}): `, "m").test(everyProtocol)
        ? []
        : [`${name} is not in every-protocol.test.ts`]),
    ];
  });
}

/** What may stand at the root of the repository. */
const ROOT = [
  ".ci",
  ".env.example",
  ".gitignore",
  "CHANGELOG.md",
  "CONTRIBUTING.md",
  "LICENSE",
  "README.md",
  "bun.lock",
  "bunfig.toml",
  "findings",
  "package.json",
  "src",
  "test",
  "tsconfig.json",
  "ui",
];

/** Finds entries that do not belong at the root of the repository. */
export function findRootViolations(entries: readonly string[]): readonly string[] {
  return entries.filter((entry) => !ROOT.includes(entry)).map((entry) => `${entry} has no place at the root`);
}

/** Finds names of package registries and of places on a machine. */
export function findPrivateAddresses(files: Files): readonly string[] {
  return Object.entries(files).flatMap(([file, text]) =>
    [...text.matchAll(ADDRESS)].map(([found]) => `${file} names ${found}`),
  );
}

const ADDRESS =
  /https?:\/\/[\w.-]*(?:registry|verdaccio|artifactory|nexus)[\w.-]*|(?<![\w.])\/(?:work|Users)\/\w+/g;
