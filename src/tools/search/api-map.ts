/**
 * Draws the paths of all operations as one compact tree: `orders:GP(*:GAD(confirm:P items:GP))`. It tells a model which
 * resources an API has, and which words to search for.
 */
import type { Tool } from "../types.ts";

/** Explains the notation to a model. */
export const MAP_LEGEND =
  "Methods follow a colon: G get, P post, U put, A patch, D delete; none is G, and a slash is none at all. * is a parameter. Children stand in parentheses, +n counts operations that are not shown.";

/** Characters of a map per token. Short words and punctuation take more tokens than prose. */
export const CHARACTERS_PER_TOKEN = 3;

const LETTERS: Readonly<Record<string, string>> = { GET: "G", POST: "P", PUT: "U", PATCH: "A", DELETE: "D" };

interface PathNode {
  readonly children: Map<string, PathNode>;
  readonly methods: string[];
  /** The number of operations at this node and below. */
  count: number;
}

/** Returns the tree of each API within a budget of tokens. What does not fit is counted, deepest levels first. */
export function drawApiMap(tools: readonly Tool[], tokens: number): string {
  const apis = [...Map.groupBy(tools, ({ api }) => api.name)];
  if (apis.length < 2) return drawTree(tools, tokens);
  // Two APIs may have the same paths.
  const maps = apis.map(([name, own]) => {
    const share = (tokens * own.length) / tools.length - name.length / CHARACTERS_PER_TOKEN - 1;
    return `${name}: ${drawTree(own, share)}`;
  });
  return maps.join("\n");
}

function drawTree(tools: readonly Tool[], tokens: number): string {
  const root = createNode();
  for (const { operation } of tools) addPath(root, operation.path, operation.method);
  const expanded = selectNodes(root, tokens * CHARACTERS_PER_TOKEN);
  return drawChildren(root, expanded);
}

/** Returns the tokens that a map takes, as an estimate. */
export function estimateMapTokens(map: string): number {
  return Math.ceil(map.length / CHARACTERS_PER_TOKEN);
}

function createNode(): PathNode {
  return { children: new Map(), methods: [], count: 0 };
}

function addPath(root: PathNode, path: string, method: string): void {
  let node = root;
  node.count++;
  for (const segment of path.split("/").filter((part) => part !== "")) {
    const key = /^\{[^{}]*\}$/.test(segment) ? "*" : segment.replace(/\{[^{}]*\}/g, "*");
    let child = node.children.get(key);
    if (!child) {
      child = createNode();
      node.children.set(key, child);
    }
    child.count++;
    node = child;
  }
  const letter = LETTERS[method.toUpperCase()] ?? method.toLowerCase();
  if (!node.methods.includes(letter)) node.methods.push(letter);
}

/** Selects the nodes whose children are drawn: level by level, as long as they fit. */
function selectNodes(root: PathNode, characters: number): ReadonlySet<PathNode> {
  const expanded = new Set<PathNode>([root]);
  let used = drawChildren(root, expanded).length;
  let level: PathNode[] = [...root.children.values()];
  while (level.length > 0) {
    for (const node of level) {
      if (node.children.size === 0) continue;
      const cost = drawChildren(node, new Set([node])).length + 2 - `+${countBelow(node)}`.length;
      if (used + cost > characters) continue;
      expanded.add(node);
      used += cost;
    }
    level = level.flatMap((node) => (expanded.has(node) ? [...node.children.values()] : []));
  }
  return expanded;
}

function countBelow(node: PathNode): number {
  return [...node.children.values()].reduce((sum, child) => sum + child.count, 0);
}

function drawChildren(node: PathNode, expanded: ReadonlySet<PathNode>): string {
  return [...node.children].map(([segment, child]) => drawNode(segment, child, expanded)).join(" ");
}

function drawNode(segment: string, node: PathNode, expanded: ReadonlySet<PathNode>): string {
  const methods = node.methods.join("");
  const own = methods === "" ? `${segment}/` : methods === "G" ? segment : `${segment}:${methods}`;
  if (node.children.size === 0) return own;
  if (!expanded.has(node)) return `${own}+${countBelow(node)}`;
  const [only] = node.children;
  // A chain without branches is one path: `orders/*/items`.
  if (only && node.children.size === 1 && methods === "")
    return `${own}${drawNode(only[0], only[1], expanded)}`;
  return `${own}(${drawChildren(node, expanded)})`;
}
