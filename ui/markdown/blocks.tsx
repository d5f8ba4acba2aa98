/** Renders blocks of Markdown as React elements, never as raw HTML. A block whose node is the same is not rendered again. */

import { Fragment, memo, type ReactNode } from "react";
import { t } from "../language/language.ts";
import { CodeBlock } from "./code/code-block.tsx";
import { type BlockNode, foldDetails } from "./details.ts";
import { Diagram, isDiagram } from "./diagrams/diagram.tsx";
import { renderInline } from "./inline.tsx";
import type { FootnoteDefinition, List, ListItem, RootContent } from "./nodes.ts";
import { parseBlocks } from "./parse.ts";
import { useReferences } from "./references-context.ts";
import { TableBlock } from "./table/table-block.tsx";

/** Renders blocks. With `isGrowing` the last one still grows. */
export function renderBlocks(nodes: readonly RootContent[], isGrowing = false): ReactNode {
  return renderAll(foldDetails(nodes), isGrowing);
}

function renderAll(nodes: readonly BlockNode[], isGrowing: boolean): ReactNode {
  return nodes.map((node, index) => (
    <Block key={index} node={node} isGrowing={isGrowing && index === nodes.length - 1} />
  ));
}

interface BlockProps {
  readonly node: BlockNode;
  readonly isGrowing: boolean;
}

const Block = memo(function Block({ node, isGrowing }: BlockProps) {
  switch (node.type) {
    case "paragraph":
      return <p dir="auto">{renderInline(node.children)}</p>;
    case "heading": {
      const Heading = `h${node.depth}` as const;
      return <Heading dir="auto">{renderInline(node.children)}</Heading>;
    }
    case "thematicBreak":
      return <hr />;
    case "blockquote":
      return <blockquote>{renderBlocks(node.children, isGrowing)}</blockquote>;
    case "code": {
      const Code = !isGrowing && isDiagram(node.lang ?? "") ? Diagram : CodeBlock;
      return <Code code={node.value} language={node.lang ?? ""} />;
    }
    case "list":
      return <ListBlock list={node} isGrowing={isGrowing} />;
    case "table":
      return <TableBlock table={node} isGrowing={isGrowing} />;
    case "details":
      return (
        <details>
          <summary dir="auto">{renderSummary(node.summary)}</summary>
          {renderBlocks(parseBlocks(node.text).map((block) => block.node))}
          {renderAll(node.children, isGrowing)}
        </details>
      );
    case "html":
      return /^<br *\/?>$/i.test(node.value) ? null : (
        <p className="plain" dir="auto">
          {node.value}
        </p>
      );
    default:
      return null;
  }
});

function renderSummary(text: string): ReactNode {
  const [first] = parseBlocks(text.trim());
  return first !== undefined && "children" in first.node && first.node.type === "paragraph"
    ? renderInline(first.node.children)
    : text;
}

function ListBlock({ list, isGrowing }: { list: List; isGrowing: boolean }) {
  const isLoose = list.spread === true || list.children.some(({ spread }) => spread === true);
  const className = list.children.some(isTask) ? "contains-task-list" : undefined;
  const items = list.children.map((item, index) => (
    <Item
      key={index}
      item={item}
      isLoose={isLoose}
      isGrowing={isGrowing && index === list.children.length - 1}
    />
  ));
  if (list.ordered !== true)
    return (
      <ul className={className} dir="auto">
        {items}
      </ul>
    );
  const start = list.start === null || list.start === 1 ? undefined : list.start;
  return (
    <ol className={className} start={start} dir="auto">
      {items}
    </ol>
  );
}

const isTask = ({ checked }: ListItem) => typeof checked === "boolean";

interface ItemProps {
  readonly item: ListItem;
  readonly isLoose: boolean;
  readonly isGrowing: boolean;
}

/** An item of a list. Paragraphs of a tight list have no element of their own. */
const Item = memo(function Item({ item, isLoose, isGrowing }: ItemProps) {
  const box = isTask(item) && <input type="checkbox" disabled checked={item.checked === true} readOnly />;
  const children = foldDetails(item.children).map((child, index, all) => {
    if (child.type !== "paragraph")
      return <Block key={index} node={child} isGrowing={isGrowing && index === all.length - 1} />;
    const isFirst = index === 0;
    const content = [isFirst && box, isFirst && box !== false && " ", renderInline(child.children)];
    return isLoose ? <p key={index}>{content.map(withKey)}</p> : content.map(withKey);
  });
  return <li className={isTask(item) ? "task-list-item" : undefined}>{children}</li>;
});

const withKey = (content: ReactNode, index: number) => <Fragment key={index}>{content}</Fragment>;

/** The footnotes of a text, with their numbers. */
export function Footnotes({ notes }: { notes: readonly FootnoteDefinition[] }) {
  const { id } = useReferences();
  if (notes.length === 0) return null;
  return (
    <section className="footnotes" aria-label={t("text.footnotes")}>
      <ol>
        {notes.map((note, index) => (
          <li key={note.identifier} id={`${id}-${index + 1}`} tabIndex={-1}>
            {renderBlocks(note.children)}
          </li>
        ))}
      </ol>
    </section>
  );
}
