import { type ComponentProps, useRef } from "react";
import type { Components } from "react-markdown";
import { CopyButton } from "../components/copy-button.tsx";
import { sanitizeLink } from "./links.ts";

/** The React components that render Markdown elements. */
export const components: Components = { a: Link, img: ImageLink, pre: CodeBlock, table: Table };

function Link({ href, children }: ComponentProps<"a">) {
  const url = sanitizeLink(href);
  if (url === undefined) return <span>{children}</span>;
  return (
    <a href={url} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  );
}

/** Renders an image as a link. Loading it could leak data of the conversation to another host. */
function ImageLink({ src, alt }: ComponentProps<"img">) {
  const label = alt === undefined || alt === "" ? "image" : alt;
  return <Link href={typeof src === "string" ? src : undefined}>{label}</Link>;
}

function CodeBlock({ children }: ComponentProps<"pre">) {
  const pre = useRef<HTMLPreElement>(null);
  return (
    <div className="code-block">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and must be scrollable with the keyboard. */}
      <pre ref={pre} tabIndex={0}>
        {children}
      </pre>
      <CopyButton subject="code" text={() => pre.current?.textContent ?? ""} />
    </div>
  );
}

function Table({ children }: ComponentProps<"table">) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and must be scrollable with the keyboard.
    <section className="table-scroll" aria-label="Table" tabIndex={0}>
      <table>{children}</table>
    </section>
  );
}
