import type { ReactNode } from "react";
import { t } from "../language/language.ts";
import { useReferences } from "./references-context.ts";
import { sanitizeLink } from "./sanitize-link.ts";

interface LinkProps {
  readonly href: string | undefined;
  readonly children: ReactNode;
}

/** A link that shows its host, because the text of a link can promise another one. */
export function Link({ href, children }: LinkProps) {
  const url = sanitizeLink(href);
  if (url === undefined) return <span>{children}</span>;
  const host = new URL(url).host;
  const isShown = host !== "" && !beginsWithHost(textOfChildren(children), host);
  return (
    <a
      href={url}
      target="_blank"
      rel="noopener noreferrer nofollow"
      title={url}
      data-host={isShown ? host : undefined}
    >
      {children}
    </a>
  );
}

/** Returns whether a text is an address of this host. A text that only contains the host may be an address of another one. */
function beginsWithHost(text: string, host: string): boolean {
  const address = text.toLowerCase().replace(/^https?:\/\//, "");
  return address.startsWith(host) && /^([/?#]|$)/.test(address.slice(host.length));
}

function textOfChildren(children: ReactNode): string {
  if (Array.isArray(children)) return children.map(textOfChildren).join("");
  return typeof children === "string" ? children : "";
}

export function LinkReference({ label, children }: { label: string; children: ReactNode }) {
  return <Link href={useReferences().links.get(label)}>{children}</Link>;
}

/** Renders an image as a link. Loading it could leak data of the conversation to another host. */
export function ImageLink({ src, alt }: { src: string; alt: string | null | undefined }) {
  return <Link href={src}>{alt === undefined || alt === null || alt === "" ? t("text.image") : alt}</Link>;
}

export function FootnoteCall({ label }: { label: string }) {
  const { footnotes, id } = useReferences();
  const number = footnotes.get(label);
  return (
    <sup className="footnote-call">
      <a
        href={`#${id}-${number}`}
        aria-label={t("text.footnote", { number: number ?? "" })}
        onClick={scrollToFootnote}
      >
        {number}
      </a>
    </sup>
  );
}

/** Scrolls without a change of the address. */
function scrollToFootnote(event: { preventDefault(): void; currentTarget: HTMLAnchorElement }): void {
  event.preventDefault();
  const target = document.getElementById(event.currentTarget.hash.slice(1));
  target?.scrollIntoView({ block: "nearest" });
  target?.focus({ preventScroll: true });
}
