/** Renders inline Markdown. */

import type { ReactNode } from "react";
import { t } from "../language/language.ts";
import { foldInlineHtml, type InlineNode } from "./inline-html.ts";
import { FootnoteCall, ImageLink, Link, LinkReference } from "./links.tsx";
import { Formula } from "./math/formula.tsx";
import type { Nodes, PhrasingContent } from "./nodes.ts";

export function renderInline(nodes: readonly PhrasingContent[]): ReactNode {
  return foldInlineHtml(nodes).map(renderNode);
}

function renderNode(node: InlineNode, key: number): ReactNode {
  switch (node.type) {
    case "text":
    case "html":
      return node.value;
    case "element": {
      const Element = node.name;
      return <Element key={key}>{node.children.map(renderNode)}</Element>;
    }
    case "strong":
      return <strong key={key}>{renderInline(node.children)}</strong>;
    case "emphasis":
      return <em key={key}>{renderInline(node.children)}</em>;
    case "delete":
      return <del key={key}>{renderInline(node.children)}</del>;
    case "inlineCode":
      return (
        <code key={key} dir="ltr">
          {node.value}
        </code>
      );
    case "break":
      return <br key={key} />;
    case "link":
      return (
        <Link key={key} href={node.url}>
          {renderInline(node.children)}
        </Link>
      );
    case "image":
      return <ImageLink key={key} src={node.url} alt={node.alt} />;
    case "linkReference":
      return (
        <LinkReference key={key} label={node.identifier}>
          {renderInline(node.children)}
        </LinkReference>
      );
    case "imageReference":
      return (
        <LinkReference key={key} label={node.identifier}>
          {node.alt ?? t("text.image")}
        </LinkReference>
      );
    case "math":
      return <Formula key={key} text={node.value} isDisplay={node.isDisplay} />;
    case "footnoteReference":
      return <FootnoteCall key={key} label={node.identifier} />;
    default:
      return null;
  }
}

/** Returns the text of a node without its marks. */
export function textOf(node: Nodes): string {
  if ("value" in node) return node.type === "html" && /^<br/i.test(node.value) ? "\n" : node.value;
  if (node.type === "break") return "\n";
  if (node.type === "image") return node.alt ?? "";
  return "children" in node ? node.children.map(textOf).join("") : "";
}
