/** The visible nodes of a JSON value as a tree. Pure. */
import { isRecord } from "./lists.ts";

export interface TreeNode {
  /** Identifies the node in the value: a JSON pointer. */
  readonly path: string;
  readonly depth: number;
  /** The key in an object, the index in a list. Undefined for the value itself. */
  readonly name: string | number | undefined;
  readonly value: unknown;
  /** The number of members of an object or a list. */
  readonly size: number | undefined;
  readonly isOpen: boolean;
}

/** Levels and members up to which nodes are open before a person opens or closes them. */
const [OPEN_DEPTH, OPEN_SIZE] = [2, 20];

/** @param toggled the paths of the nodes that a person has opened or closed. */
export function listNodes(value: unknown, toggled: ReadonlySet<string>): readonly TreeNode[] {
  const nodes: TreeNode[] = [];
  const add = (member: unknown, name: TreeNode["name"], path: string, depth: number): void => {
    const entries = membersOf(member);
    const isOpenAtFirst =
      depth === 0 || (depth < OPEN_DEPTH && entries !== undefined && entries.length <= OPEN_SIZE);
    const isOpen = entries !== undefined && isOpenAtFirst !== toggled.has(path);
    nodes.push({ path, depth, name, value: member, size: entries?.length, isOpen });
    if (!isOpen) return;
    for (const [key, inner] of entries) add(inner, key, `${path}/${escapePointer(key)}`, depth + 1);
  };
  add(value, undefined, "", 0);
  return nodes;
}

function membersOf(value: unknown): readonly (readonly [string | number, unknown])[] | undefined {
  if (Array.isArray(value)) return value.map((member, index) => [index, member] as const);
  return isRecord(value) ? Object.entries(value) : undefined;
}

function escapePointer(key: string | number): string {
  return String(key).replaceAll("~", "~0").replaceAll("/", "~1");
}
