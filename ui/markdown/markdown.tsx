import { lazy, Suspense } from "react";
import { ErrorBoundary } from "../components/error-boundary.tsx";
import type { MarkdownProps } from "./streamed-markdown.tsx";

/** Loads the parser and the renderer of Markdown. The page calls it after it is shown, so that the first reply does not wait. */
export const loadMarkdown = () => import("./streamed-markdown.tsx");

const StreamedText = lazy(loadMarkdown);

/** Renders the text of a reply as React elements, never as raw HTML. A text that cannot be rendered is shown as it is. */
export function Markdown({ text, isLive }: MarkdownProps) {
  return (
    <div className="markdown">
      <ErrorBoundary fallback={<p className="plain">{text.trim()}</p>}>
        <Suspense>
          <StreamedText text={text} isLive={isLive} />
        </Suspense>
      </ErrorBoundary>
    </div>
  );
}
