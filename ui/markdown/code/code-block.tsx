import { memo, type ReactNode } from "react";
import { CopyButton } from "../../components/copy-button.tsx";
import { t } from "../../language/language.ts";
import type { Token } from "./tokens.ts";
import { useHighlighted } from "./use-highlighted.ts";

/** Code with its language. Its lines are coloured once the highlighter is loaded. */
export function CodeBlock({ code, language }: { code: string; language: string }) {
  const highlighted = useHighlighted(code, language);
  const rest = code.slice(highlighted?.code.length ?? 0);
  return (
    <div className="code-block" dir="ltr">
      <header>
        <span>{language === "" ? t("text.plainCode") : language}</span>
        <CopyButton label={t("text.copyCode")} text={() => code} />
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and must be scrollable with the keyboard. */}
      <pre tabIndex={0}>
        <code>
          {highlighted?.lines.map((tokens, index) => (
            <Line key={index} tokens={tokens} isFirst={index === 0} />
          ))}
          {rest}
        </code>
      </pre>
    </div>
  );
}

/** A line, with the line feed in front of it. */
const Line = memo(function Line({ tokens, isFirst }: { tokens: readonly Token[]; isFirst: boolean }) {
  return (
    <>
      {isFirst ? "" : "\n"}
      {tokens.map(renderToken)}
    </>
  );
});

function renderToken(token: Token, key: number): ReactNode {
  if (typeof token === "string") return token;
  return (
    <span key={key} className={`code-${token.scope}`}>
      {token.children.map(renderToken)}
    </span>
  );
}
