import { type ComponentProps, useRef } from "react";
import type { Components } from "react-markdown";
import { CopyButton } from "../components/copy-button.tsx";
import { sanitizeLink } from "./links.ts";

/** What stands in the page for Markdown's own elements. */
export const components: Components = { a: Link, img: ImageLink, pre: CodeBlock, table: Table };

function Link({ href, children }: ComponentProps<"a">) {
  const address = sanitizeLink(href);
  if (address === undefined) return <span>{children}</span>;
  return (
    <a href={address} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  );
}

/** Never loaded: an address in an answer could tell a stranger what was asked. The reader may follow it. */
function ImageLink({ src, alt }: ComponentProps<"img">) {
  const label = alt === undefined || alt === "" ? "image" : alt;
  return <Link href={typeof src === "string" ? src : undefined}>{label}</Link>;
}

function CodeBlock({ children }: ComponentProps<"pre">) {
  const pre = useRef<HTMLPreElement>(null);
  return (
    <div className="code-block">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and must without a mouse. */}
      <pre ref={pre} tabIndex={0}>
        {children}
      </pre>
      <CopyButton what="code" text={() => pre.current?.textContent ?? ""} />
    </div>
  );
}

function Table({ children }: ComponentProps<"table">) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and must without a mouse.
    <section className="table-scroll" aria-label="Table" tabIndex={0}>
      <table>{children}</table>
    </section>
  );
}
