import { useMemo, useRef, useState } from "react";
import { Virtualizer } from "virtua";
import { Chevron } from "../components/icons.tsx";
import { escapeInvisible } from "../escape.ts";
import { t } from "../language/language.ts";
import { listNodes, type TreeNode } from "./tree-nodes.ts";

/** Pixels of a node that has not been measured. */
const NODE_HEIGHT = 26;

/** Pixels by which a level is indented. */
const INDENT = 18;

/** A JSON value as a tree. Only the visible nodes are in the document. */
export function TreeView({ value }: { value: unknown }) {
  const scroller = useRef<HTMLElement>(null);
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set());
  const nodes = useMemo(() => listNodes(value, toggled), [value, toggled]);
  const toggle = (path: string) => {
    const next = new Set(toggled);
    if (!next.delete(path)) next.add(path);
    setToggled(next);
  };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and must be scrollable with the keyboard.
    <section className="result-scroll result-tree" ref={scroller} aria-label={t("result.tree")} tabIndex={0}>
      <Virtualizer data={nodes} scrollRef={scroller} itemSize={NODE_HEIGHT}>
        {(node) => <Node key={node.path} node={node} onToggle={toggle} />}
      </Virtualizer>
    </section>
  );
}

function Node({ node, onToggle }: { node: TreeNode; onToggle: (path: string) => void }) {
  const { path, depth, name, value, size, isOpen } = node;
  const label = name !== undefined && <span className="tree-name">{escapeInvisible(String(name))}</span>;
  const style = { paddingInlineStart: depth * INDENT };
  if (size === undefined || size === 0)
    return (
      <div className="tree-node tree-leaf" style={style}>
        {label}
        <Scalar value={value} />
      </div>
    );
  return (
    <div className="tree-node" style={style}>
      <button type="button" aria-expanded={isOpen} onClick={() => onToggle(path)}>
        <Chevron />
        {label}
        <span className="tree-size">
          {t(Array.isArray(value) ? "count.items" : "count.fields", { count: size })}
        </span>
      </button>
    </div>
  );
}

function Scalar({ value }: { value: unknown }) {
  if (Array.isArray(value)) return <span className="tree-size">{t("result.noItems")}</span>;
  if (typeof value === "string") return <span className="json-string">{escapeInvisible(value) || '""'}</span>;
  if (typeof value === "number" || typeof value === "bigint")
    return <span className="json-number">{String(value)}</span>;
  if (value === null || typeof value === "boolean")
    return <span className="json-literal">{String(value)}</span>;
  return <span className="tree-size">{t("result.noFields")}</span>;
}
