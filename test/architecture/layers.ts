/** Which folder of `src` may import which. */
import { type Files, importsOf } from "./files.ts";

/** Lowest first. A place is a folder of `src`, or a file at its root. */
export const LAYERS: readonly (readonly string[])[] = [
  ["errors.ts", "json.ts"],
  ["config", "demo", "workers"],
  ["chat", "model", "openapi", "tools", "store", "results", "access", "telemetry", "files", "page", "manual"],
  ["apis"],
  ["context.ts"],
  ["events"],
  ["turns"],
  ["sessions"],
  ["protocols"],
  ["routes"],
  ["server", "app"],
  ["commands", "index.ts"],
  ["main.ts", "build"],
];
const PARTS = 2;
const ROOT_FILES = ["main.ts", "index.ts", "context.ts", "errors.ts", "json.ts"];

/** Finds imports that go up, sideways between parts other than to `types.ts`, and places without a layer. */
export function findLayerViolations(files: Files): readonly string[] {
  const unknown = Object.keys(files)
    .filter((file) => file.startsWith("src/") && layerOf(file) === -1)
    .map((file) => `${file} has no layer`);
  const crossing = sourceImports(files)
    .filter(({ from, to }) => {
      const [own, other] = [layerOf(from), layerOf(to)];
      if (own === PARTS && other === PARTS) return !to.endsWith("/types.ts");
      return other > own || (other === own && own > PARTS && !isOpenLayer(own));
    })
    .map(({ from, to }) => `${from} must not import ${to}`);
  return [...unknown, ...crossing];
}

/** Places of these layers may import each other: leaves, and the two halves of the composition. */
function isOpenLayer(layer: number): boolean {
  return ["server", "commands", "main.ts"].includes(LAYERS[layer]?.[0] ?? "");
}

/** Finds files that import themselves through others, types included. */
export function findCycles(files: Files): readonly string[] {
  const graph = Map.groupBy(importsOf(files), ({ from }) => from);
  return cyclesIn([...graph.keys()], (file) => (graph.get(file) ?? []).map(({ to }) => to));
}

function cyclesIn(nodes: readonly string[], next: (node: string) => readonly string[]): readonly string[] {
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (node: string, path: readonly string[]) => {
    const start = path.indexOf(node);
    if (start !== -1) cycles.push([...path.slice(start), node].join(" → "));
    if (start !== -1 || done.has(node)) return;
    for (const to of next(node)) visit(to, [...path, node]);
    done.add(node);
  };
  for (const node of nodes) visit(node, []);
  return cycles;
}

/** Finds files at the root of `src` beyond the five, and those of the five that are missing. */
export function findRootFileViolations(files: Files): readonly string[] {
  const found = Object.keys(files).flatMap((file) => /^src\/([^/]+)$/.exec(file)?.[1] ?? []);
  return [
    ...found.filter((file) => !ROOT_FILES.includes(file)).map((file) => `src/${file} belongs in a folder`),
    ...ROOT_FILES.filter((file) => !found.includes(file)).map((file) => `src/${file} is missing`),
  ];
}

/** Finds imports from one protocol's folder into another's. `shared` is open to all. */
export function findProtocolViolations(files: Files): readonly string[] {
  const protocolOf = (file: string) => /^src\/protocols\/([^/]+)\//.exec(file)?.[1];
  return importsOf(files)
    .filter(({ from, to }) => {
      const [own, other] = [protocolOf(from), protocolOf(to)];
      return own !== undefined && other !== undefined && own !== other && other !== "shared";
    })
    .map(({ from, to }) => `${from} must not import ${to}`);
}

/** Finds imports of one protocol in the server and in the types of a request. Each protocol owns its state; see `ProtocolState`. */
export function findProtocolKnowledge(files: Files): readonly string[] {
  return importsOf(files)
    .filter(({ from }) => from.startsWith("src/server/") || from === "src/routes/_http/types.ts")
    .filter(({ to }) => to.startsWith("src/protocols/") && !to.startsWith("src/protocols/shared/"))
    .map(({ from, to }) => `${from} must not import ${to}`);
}

export interface LayerFigures {
  readonly rootFiles: number;
  /** Places on the longest chain of imports. */
  readonly levels: number;
  /** Pairs of places of which one imports the other, without those of places that put the others together. */
  readonly dependencies: number;
}

/** The places that put the others together, and may import all of them. */
const COMPOSERS: ReadonlySet<string> = new Set(["app", "build", "commands", "index.ts", "main.ts"]);

/** Measures the imports between the places of `src`. Parts share one layer and see types of each other: a ring of them is one level. */
export function measureLayers(files: Files): LayerFigures {
  const graph = placeGraph(files);
  const reach = (place: string, seen = new Set<string>()): ReadonlySet<string> => {
    for (const to of graph.get(place) ?? []) if (!seen.has(to)) reach(to, seen.add(to));
    return seen;
  };
  const reached = new Map([...graph.keys()].map((place) => [place, reach(place)]));
  const isRing = (a: string, b: string) => reached.get(a)?.has(b) && reached.get(b)?.has(a);
  const depths = new Map<string, number>();
  const depthOf = (place: string): number => {
    const known = depths.get(place);
    if (known !== undefined) return known;
    const below = [...(reached.get(place) ?? [])].filter((to) => to !== place && !isRing(place, to));
    const depth = 1 + Math.max(0, ...below.map(depthOf));
    depths.set(place, depth);
    return depth;
  };
  return {
    rootFiles: Object.keys(files).filter((file) => /^src\/[^/]+$/.test(file)).length,
    levels: Math.max(0, ...[...graph.keys()].map(depthOf)),
    dependencies: [...graph].reduce((sum, [from, to]) => sum + (COMPOSERS.has(from) ? 0 : to.size), 0),
  };
}

function placeGraph(files: Files): ReadonlyMap<string, ReadonlySet<string>> {
  const graph = new Map<string, Set<string>>();
  for (const { from, to } of sourceImports(files)) {
    const targets = graph.get(placeOf(from)) ?? new Set();
    targets.add(placeOf(to));
    graph.set(placeOf(from), targets);
  }
  return graph;
}

/** Returns imports from one place of `src` to another. */
function sourceImports(files: Files) {
  return importsOf(files)
    .filter(({ from, to }) => from.startsWith("src/") && to.startsWith("src/"))
    .filter(({ from, to }) => placeOf(from) !== placeOf(to));
}

function placeOf(file: string): string {
  return file.split("/")[1] ?? "";
}

function layerOf(file: string): number {
  return LAYERS.findIndex((places) => places.includes(placeOf(file)));
}
