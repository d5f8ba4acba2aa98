import { memo, useDeferredValue } from "react";
import ReactMarkdown from "react-markdown";
import gfm from "remark-gfm";
import { ErrorBoundary } from "../components/error-boundary.tsx";
import { splitBlocks } from "./blocks.ts";
import { components } from "./elements.tsx";
import { isSafeToParse } from "./is-safe-to-parse.ts";

/** Renders the text of a reply as React elements, never as raw HTML. HTML tags appear as text. */
export function Markdown({ text }: { text: string }) {
  // Rendering a long last block may lag by a frame. It must not delay the user's typing.
  const deferredText = useDeferredValue(text);
  return (
    <div className="markdown">
      {splitBlocks(deferredText).map((block, index) => (
        <Block key={index} text={block} />
      ))}
    </div>
  );
}

const PLUGINS = [gfm];

/** Keeps URLs as they are: the components sanitize them (elements.tsx). */
const keepUrl = (url: string) => url;

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
