/** The rules of the house, as pure functions over `{file: text}`; each returns what breaks it. */
import { posix } from "node:path";

/** Path from the repository's root → text. */
export type Files = Readonly<Record<string, string>>;

/** Lowest first; a file's layer is that of its folder in src, or its own when it stands at the root of src. */
const LAYERS: readonly (readonly string[])[] = [
  ["errors.ts", "json.ts", "config", "demo", "deploy"],
  ["chat", "model", "openapi", "tools", "store", "wire", "access", "telemetry", "page", "results", "files"],
  ["app.ts", "apis.ts", "describe-api.ts", "live-apis.ts", "mcp-servers.ts", "moves.ts"],
  [
    "agent-stream.ts",
    "agent-tools.ts",
    "asked-approvals.ts",
    "langchain-chat.ts",
    "ai-sdk-stream.ts",
    "ask-here.ts",
    "ask-once.ts",
    "attachments.ts",
    "brought.ts",
    "call-place.ts",
    "derived-id.ts",
    "client.ts",
    "completions-connection.ts",
    "feed.ts",
    "follow-turn.ts",
    "given-turn.ts",
    "held-turn.ts",
    "keep-file.ts",
    "lease.ts",
    "mcp",
    "native-context.ts",
    "paced-socket.ts",
    "new-session.ts",
    "question.ts",
    "recent-messages.ts",
    "retention.ts",
    "review.ts",
    "run-tool.ts",
    "session-credentials.ts",
    "session-frame.ts",
    "session-writer.ts",
    "session.ts",
    "sessions.ts",
    "shared-story.ts",
    "snapshot.ts",
    "socket.ts",
    "stored-state.ts",
    "story-entry.ts",
    "story-room.ts",
    "story.ts",
    "system.ts",
    "title.ts",
    "turn-run.ts",
    "turn-tools.ts",
    "upkeep.ts",
    "connection.ts",
    "dashboard-chat.ts",
    "dashboard-connection.ts",
    "dashboard-events.ts",
    "watch.ts",
  ],
  ["routes"],
  ["handlers.ts", "routes.ts", "route-table.ts", "server.ts", "index.ts"],
  ["commands"],
  ["main.ts", "commands.ts", "build"],
];
const MODULES = 1;

interface Import {
  readonly from: string;
  readonly to: string;
  readonly isType: boolean;
}

/** Every import of one of our own files. */
export function importsOf(files: Files): readonly Import[] {
  return allImportsOf(files)
    .filter(({ to }) => to.startsWith("."))
    .map(({ from, to, isType }) => ({ from, to: posix.join(posix.dirname(from), to), isType }));
}

/** As they are written. */
function allImportsOf(files: Files): readonly Import[] {
  return Object.entries(files)
    .filter(([file]) => /\.tsx?$/.test(file) && !file.endsWith(".d.ts"))
    .flatMap(([from, text]) => {
      const loader = from.endsWith("x") ? "tsx" : "ts";
      const values = new Bun.Transpiler({ loader })
        .scanImports(text.replace(/^#!.*/, ""))
        .map(({ path }) => path);
      const typeImport = /^(?:import|export) type [^;]*? from "([^"]+)"/gm;
      const types = [...text.matchAll(typeImport)].map((match) => match[1] ?? "");
      return [
        ...values.map((to) => ({ from, to, isType: false })),
        ...types.map((to) => ({ from, to, isType: true })),
      ];
    });
}

/** A file imports from its own folder, a lower layer, or a file at the root of src in its own layer. */
export function layerMistakes(files: Files): readonly string[] {
  const unknown = Object.keys(files)
    .filter((file) => file.startsWith("src/") && layerOf(file) === -1)
    .map((file) => `${file} has no layer`);
  const crossing = importsOf(files)
    .filter(({ from, to }) => from.startsWith("src/") && to.startsWith("src/"))
    .filter(({ from, to }) => {
      const [own, other] = [layerOf(from), layerOf(to)];
      if (placeOf(from) === placeOf(to)) return false;
      if (own === MODULES && other === MODULES) return !to.endsWith("/types.ts");
      return other > own || (other === own && isFolder(to));
    })
    .map(({ from, to }) => `${from} must not import ${to}`);
  return [...unknown, ...crossing];
}

/** No file imports itself through others, types included. */
export function cycleMistakes(files: Files): readonly string[] {
  const graph = Map.groupBy(importsOf(files), ({ from }) => from);
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (file: string, path: readonly string[]) => {
    const start = path.indexOf(file);
    if (start !== -1) cycles.push([...path.slice(start), file].join(" → "));
    if (start !== -1 || done.has(file)) return;
    for (const { to } of graph.get(file) ?? []) visit(to, [...path, file]);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  return cycles;
}

/** The page takes nothing but types from the server, and the server takes nothing from the page's source. */
export function pageMistakes(files: Files): readonly string[] {
  return importsOf(files)
    .filter(
      ({ from, to, isType }) =>
        (from.startsWith("ui/") && to.startsWith("src/") && !isType) ||
        (from.startsWith("src/") && !to.startsWith("src/") && to !== "package.json"),
    )
    .map(({ from, to }) => `${from} must not import ${to}`);
}

/** An application that has specchat among its dependencies gets all that it runs on, the page's packages and types too. */
export function packageMistakes(files: Files): readonly string[] {
  const { dependencies = {} } = JSON.parse(files["package.json"] ?? "{}");
  return allImportsOf(files)
    .filter(({ from }) => !from.startsWith("src/build/"))
    .filter(({ to }) => !/^(\.|node:|bun(:|$))/.test(to))
    .map(({ from, to }) => ({ from, name: to.split("/", to.startsWith("@") ? 2 : 1).join("/") }))
    .filter(({ name }) => !Object.hasOwn(dependencies, name))
    .map(({ from, name }) => `${from} imports ${name}, which is not among the dependencies`);
}

/** The process and its environment are read in one place. */
export function processMistakes(files: Files): readonly string[] {
  return Object.entries(files)
    .filter(([file]) => file.startsWith("src/") && file !== "src/main.ts" && !file.startsWith("src/build/"))
    .filter(([, text]) => /\bprocess[.[]|\bBun\.env\b|\bimport\.meta\.env\b|node:process/.test(code(text)))
    .map(([file]) => `${file} must not read the process`);
}

/** One file sends what the model asks for, and one asks for the token to do it with. */
export function sendingMistakes(files: Files): readonly string[] {
  const senders = ["src/tools/execute.ts", "src/tools/fetch-token.ts"];
  return Object.entries(files)
    .filter(([file]) => file.startsWith("src/tools/") && !senders.includes(file))
    .filter(([, text]) => /\bfetch\(/.test(code(text)))
    .map(([file]) => `${file} must not send requests`);
}

/** Every file of src/routes is mounted under the path it spells, given the paths of the mounted routes. */
export function routeMistakes(files: Files, mounted: readonly string[]): readonly string[] {
  const spelled = Object.keys(files)
    .filter((file) => file.startsWith("src/routes/") && !file.endsWith("/types.ts"))
    .filter((file) => !SHARED_BY_ROUTES.includes(file))
    .map((file) => file.replace(/^src\/routes|\.ts$|\/?index\.ts$/g, "").replace(/\[(\w+)\]/g, ":$1") || "/");
  const paths = mounted.map((path) => path.replace(/\/\*$/, ""));
  return [
    ...spelled.filter((path) => !paths.includes(path)).map((path) => `the file for ${path} is not mounted`),
    ...paths.filter((path) => !spelled.includes(path)).map((path) => `no file spells ${path}`),
  ];
}

/** Files beside the routes that several of them share. */
const SHARED_BY_ROUTES = [
  "src/routes/addresses.ts",
  "src/routes/attachment.ts",
  "src/routes/ai-sdk-response.ts",
  "src/routes/body.ts",
  "src/routes/dashboard.ts",
  "src/routes/event-stream.ts",
  "src/routes/problem.ts",
  "src/routes/streamed.ts",
  "src/routes/upgrade.ts",
  "src/routes/visitor.ts",
  "src/routes/api/v1/approvals/answer.ts",
  "src/routes/api/v1/chat/begin.ts",
  "src/routes/api/v1/words.ts",
  "src/routes/v1/errors.ts",
];

/** What may stand at the root of the repository. */
const ROOT = [
  ".ci",
  ".env.example",
  ".gitignore",
  "LICENSE",
  "README.md",
  "bun.lock",
  "bunfig.toml",
  "package.json",
  "src",
  "test",
  "tsconfig.json",
  "ui",
];

export function rootMistakes(entries: readonly string[]): readonly string[] {
  return entries.filter((entry) => !ROOT.includes(entry)).map((entry) => `${entry} has no place at the root`);
}

/** Nothing names a package registry or a place on somebody's machine. */
export function addressMistakes(files: Files): readonly string[] {
  return Object.entries(files).flatMap(([file, text]) =>
    [...text.matchAll(ADDRESS)].map(([found]) => `${file} names ${found}`),
  );
}

const ADDRESS =
  /https?:\/\/[\w.-]*(?:registry|verdaccio|artifactory|nexus)[\w.-]*|(?<![\w.])\/(?:work|Users)\/\w+/g;

function placeOf(file: string): string {
  return file.split("/")[1] ?? "";
}

function layerOf(file: string): number {
  return LAYERS.findIndex((places) => places.includes(placeOf(file)));
}

function isFolder(file: string): boolean {
  return file.split("/").length > 2;
}

/** Without comments, and with texts emptied unless they are templates. */
function code(text: string): string {
  const stripped = /\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/[^\n]*/g;
  return text.replace(stripped, "").replace(/"(?!node:)(?:[^"\\\n]|\\.)*"/g, '""');
}
