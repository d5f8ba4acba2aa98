import { memo, useDeferredValue } from "react";
import ReactMarkdown from "react-markdown";
import gfm from "remark-gfm";
import { ErrorBoundary } from "../components/boundary.tsx";
import { splitBlocks } from "./blocks.ts";
import { components } from "./elements.tsx";
import { isSafeToParse } from "./is-safe-to-parse.ts";

/** An answer's text. It becomes React elements, never HTML: tags in it are shown as the text they are. */
export function Markdown({ text }: { text: string }) {
  // Behind by a frame rather than in the way of typing, when the last block has grown long.
  const shown = useDeferredValue(text);
  return (
    <div className="markdown">
      {splitBlocks(shown).map((block, index) => (
        <Block key={index} text={block} />
      ))}
    </div>
  );
}

const PLUGINS = [gfm];

/** Addresses are judged where they are used (elements.tsx). */
const keepUrl = (address: string) => address;

const Block = memo(function Block({ text }: { text: string }) {
  const plain = <p className="plain">{text.trim()}</p>;
  if (!isSafeToParse(text)) return plain;
  return (
    <ErrorBoundary fallback={plain}>
      <ReactMarkdown remarkPlugins={PLUGINS} components={components} urlTransform={keepUrl}>
        {text}
      </ReactMarkdown>
    </ErrorBoundary>
  );
});
