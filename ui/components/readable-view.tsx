import { useState } from "react";
import { escapeInvisible } from "../escape.ts";
import { toReadable } from "../json/readable.ts";
import { tokenize } from "../json/tokens.ts";
import { t } from "../language/language.ts";
import { CopyButton } from "./copy-button.tsx";

/** Number of lines that are visible before the user expands the text. */
const PREVIEW_LINES = 16;

/** Longer texts, in characters, have no highlighting: it would make rendering slow. */
const MAX_HIGHLIGHTED_LENGTH = 60_000;

const COPY_LABELS = {
  headers: "call.copyHeaders",
  body: "call.copyBody",
  arguments: "call.copyArguments",
} as const;

interface ReadableViewProps {
  readonly content: "headers" | "body" | "arguments";
  readonly value: unknown;
  /** The value belongs to a call: characters that nobody can see are escapes. */
  readonly isCall?: boolean;
  /** A long text scrolls instead of being collapsed. */
  readonly isWhole?: boolean;
}

/** The arguments or the result of a call. JSON is indented and highlighted; long texts are collapsed. */
export function ReadableView({ content, value, isCall = false, isWhole = false }: ReadableViewProps) {
  const [isExpanded, setIsExpanded] = useState(false);
  const title = t(`call.${content}`);
  const { head, format, text: plainText } = toReadable(value);
  const text = isCall ? escapeInvisible(plainText) : plainText;
  const lines = text.split("\n");
  const isLong = !isWhole && lines.length > PREVIEW_LINES + 4;
  const visibleText = isLong && !isExpanded ? lines.slice(0, PREVIEW_LINES).join("\n") : text;
  return (
    <section className="readable" aria-label={title}>
      <header>
        <h4>{title}</h4>
        <CopyButton label={t(COPY_LABELS[content])} text={() => text} />
      </header>
      {head !== undefined && <p className="readable-head">{head}</p>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and must be scrollable with the keyboard. */}
      <pre tabIndex={0}>
        {format === "json" && visibleText.length <= MAX_HIGHLIGHTED_LENGTH ? (
          <HighlightedJson json={visibleText} />
        ) : (
          visibleText
        )}
      </pre>
      {isLong && (
        <button
          type="button"
          className="text-button"
          aria-expanded={isExpanded}
          onClick={() => setIsExpanded(!isExpanded)}
        >
          {isExpanded ? t("call.showLess") : t("call.showAll", { count: lines.length })}
        </button>
      )}
    </section>
  );
}

function HighlightedJson({ json }: { json: string }) {
  return tokenize(json).map((token, index) =>
    token.kind === "other" ? (
      token.text
    ) : (
      <span key={index} className={`json-${token.kind}`}>
        {token.text}
      </span>
    ),
  );
}
