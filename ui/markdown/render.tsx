/** Renders parsed Markdown as React elements, never as raw HTML. */
import type { Definition, List, ListItem, Nodes, PhrasingContent, RootContent, Table, TableRow } from "mdast";
import type { ReactNode } from "react";
import { CodeBlock } from "./code-block.tsx";
import { ImageLink, Link, TableBox } from "./elements.tsx";
import { foldInlineHtml, type InlineNode } from "./inline-html.ts";

/** What references in a piece of text refer to. */
export interface References {
  readonly definitions: ReadonlyMap<string, Definition>;
  /** Numbers of footnotes by identifier, in the order of their first reference. */
  readonly footnotes: ReadonlyMap<string, number>;
}

export function renderBlocks(nodes: readonly RootContent[], references: References): ReactNode {
  return nodes.map((node, index) => renderBlock(node, index, references));
}

function renderBlock(node: RootContent, key: number, references: References): ReactNode {
  switch (node.type) {
    case "paragraph":
      return <p key={key}>{renderInline(node.children, references)}</p>;
    case "heading": {
      const Heading = `h${node.depth}` as const;
      return <Heading key={key}>{renderInline(node.children, references)}</Heading>;
    }
    case "thematicBreak":
      return <hr key={key} />;
    case "blockquote":
      return <blockquote key={key}>{renderBlocks(node.children, references)}</blockquote>;
    case "code":
      return <CodeBlock key={key} code={node.value} language={node.lang ?? ""} isClosed />;
    case "list":
      return renderList(node, key, references);
    case "table":
      return renderTable(node, key, references);
    case "html":
      return <p key={key}>{node.value}</p>;
    default:
      return null;
  }
}

function renderList(list: List, key: number, references: References): ReactNode {
  const isLoose = list.children.some(({ spread }) => spread === true) || list.spread === true;
  const items = list.children.map((item, index) => renderItem(item, index, isLoose, references));
  return <ListBox key={key} list={list} isTaskList={list.children.some(isTask)} items={items} />;
}

interface ListBoxProps {
  readonly list: Pick<List, "ordered" | "start">;
  readonly isTaskList: boolean;
  readonly items: ReactNode;
}

export function ListBox({ list, isTaskList, items }: ListBoxProps) {
  const className = isTaskList ? "contains-task-list" : undefined;
  if (list.ordered !== true) return <ul className={className}>{items}</ul>;
  const { start } = list;
  return (
    <ol className={className} start={start === null || start === 1 ? undefined : start}>
      {items}
    </ol>
  );
}

export function isTask({ checked }: ListItem): boolean {
  return typeof checked === "boolean";
}

/** Renders an item. Paragraphs of a tight list have no element of their own. */
export function renderItem(
  item: ListItem,
  key: number,
  isLoose: boolean,
  references: References,
): ReactNode {
  const box = isTask(item) ? <input type="checkbox" disabled checked={item.checked === true} readOnly /> : null;
  const children = item.children.map((child, index) => {
    if (child.type !== "paragraph") return renderBlock(child, index, references);
    const content = (
      <>
        {index === 0 && box}
        {index === 0 && box !== null && " "}
        {renderInline(child.children, references)}
      </>
    );
    return isLoose ? <p key={index}>{content}</p> : <span key={index}>{content}</span>;
  });
  return (
    <li key={key} className={isTask(item) ? "task-list-item" : undefined}>
      {children}
    </li>
  );
}

function renderTable({ children: [head, ...rows], align }: Table, key: number, references: References) {
  return (
    <TableBox key={key} head={head && renderRow(head, align ?? [], "th", references)}>
      {rows.map((row, index) => (
        <tr key={index}>{renderRow(row, align ?? [], "td", references)}</tr>
      ))}
    </TableBox>
  );
}

export function renderRow(
  row: TableRow,
  align: NonNullable<Table["align"]>,
  Cell: "th" | "td",
  references: References,
): ReactNode {
  const width = Math.max(row.children.length, align.length);
  return Array.from({ length: width }, (_, index) => (
    <Cell key={index} style={align[index] ? { textAlign: align[index] } : undefined}>
      {renderInline(row.children[index]?.children ?? [], references)}
    </Cell>
  ));
}

function renderInline(nodes: readonly PhrasingContent[], references: References): ReactNode {
  return foldInlineHtml(nodes).map((node, index) => renderInlineNode(node, index, references));
}

function renderInlineNode(node: InlineNode, key: number, references: References): ReactNode {
  switch (node.type) {
    case "text":
      return node.value;
    case "element": {
      const Element = node.name;
      return <Element key={key}>{node.children.map((child, at) => renderInlineNode(child, at, references))}</Element>;
    }
    case "strong":
      return <strong key={key}>{renderInline(node.children, references)}</strong>;
    case "emphasis":
      return <em key={key}>{renderInline(node.children, references)}</em>;
    case "delete":
      return <del key={key}>{renderInline(node.children, references)}</del>;
    case "inlineCode":
      return <code key={key}>{node.value}</code>;
    case "break":
      return <br key={key} />;
    case "link":
      return (
        <Link key={key} href={node.url}>
          {renderInline(node.children, references)}
        </Link>
      );
    case "linkReference":
      return (
        <Link key={key} href={references.definitions.get(node.identifier)?.url}>
          {renderInline(node.children, references)}
        </Link>
      );
    case "image":
      return <ImageLink key={key} src={node.url} alt={node.alt} />;
    case "imageReference":
      return <ImageLink key={key} src={references.definitions.get(node.identifier)?.url} alt={node.alt} />;
    case "footnoteReference":
      return <sup key={key}>{references.footnotes.get(node.identifier) ?? node.label}</sup>;
    case "html":
      return node.value;
    default:
      return textOf(node);
  }
}

function textOf(node: Nodes): string {
  return "value" in node ? node.value : "children" in node ? node.children.map(textOf).join("") : "";
}
