import { useMemo, useRef } from "react";
import { Virtualizer } from "virtua";
import { escapeInvisible } from "../escape.ts";
import { tokenize } from "../json/tokens.ts";
import { t } from "../language/language.ts";
import { toRawLines } from "./raw-lines.ts";

/** Pixels of a line that has not been measured. */
const LINE_HEIGHT = 20;

/** A result as text. Only the visible lines are in the document. */
export function RawView({ body, isJson }: { body: string; isJson: boolean }) {
  const scroller = useRef<HTMLElement>(null);
  const lines = useMemo(() => toRawLines(body, isJson), [body, isJson]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and must be scrollable with the keyboard.
    <section className="result-scroll result-raw" ref={scroller} aria-label={t("result.text")} tabIndex={0}>
      <Virtualizer data={lines} scrollRef={scroller} itemSize={LINE_HEIGHT}>
        {(line, index) => (
          <div key={index} className="raw-line">
            {isJson ? <HighlightedLine text={escapeInvisible(line)} /> : escapeInvisible(line)}
            {"\n"}
          </div>
        )}
      </Virtualizer>
    </section>
  );
}

function HighlightedLine({ text }: { text: string }) {
  return tokenize(text).map((token, index) =>
    token.kind === "other" ? (
      token.text
    ) : (
      <span key={index} className={`json-${token.kind}`}>
        {token.text}
      </span>
    ),
  );
}
