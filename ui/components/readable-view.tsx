import { useState } from "react";
import { readable } from "../json/readable.ts";
import { tokens } from "../json/tokens.ts";
import { CopyButton } from "./copy-button.tsx";

/** Lines that are shown before the reader asks for all. */
const FIRST_LINES = 16;

/** Beyond it, colours cost more than they tell. Characters. */
const COLOURED = 60_000;

/** Arguments or a result, under its heading: JSON indented, text as it came, long ones folded. */
export function ReadableView({ title, value }: { title: string; value: unknown }) {
  const [whole, setWhole] = useState(false);
  const { head, format, text } = readable(value);
  const lines = text.split("\n");
  const long = lines.length > FIRST_LINES + 4;
  const shown = long && !whole ? lines.slice(0, FIRST_LINES).join("\n") : text;
  return (
    <section className="readable" aria-label={title}>
      <header>
        <h4>{title}</h4>
        <CopyButton what={title.toLowerCase()} text={() => text} />
      </header>
      {head !== undefined && <p className="readable-head">{head}</p>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and must without a mouse. */}
      <pre tabIndex={0}>
        {format === "json" && shown.length <= COLOURED ? <Coloured json={shown} /> : shown}
      </pre>
      {long && (
        <button type="button" className="text-button" aria-expanded={whole} onClick={() => setWhole(!whole)}>
          {whole ? "Show less" : `Show all ${lines.length.toLocaleString("en-US")} lines`}
        </button>
      )}
    </section>
  );
}

function Coloured({ json }: { json: string }) {
  return tokens(json).map((token, index) =>
    token.kind === "other" ? (
      token.text
    ) : (
      <span key={index} className={`json-${token.kind}`}>
        {token.text}
      </span>
    ),
  );
}
