import { useEffect, useId, useMemo, useRef } from "react";
import { Footnotes, renderBlocks } from "./blocks.tsx";
import { readMarkdown, type StreamedMarkdown } from "./document.ts";
import { findFootnotes, findReferences, ReferencesProvider } from "./references-context.ts";

export interface MarkdownProps {
  readonly text: string;
  /** More text follows: syntax at the end that is not complete is not shown. */
  readonly isLive: boolean;
}

/** Renders Markdown. A delta parses and renders only what it changes. */
export default function StreamedText({ text, isLive }: MarkdownProps) {
  const previous = useRef<StreamedMarkdown>(undefined);
  const id = useId();
  const read = useMemo(() => readMarkdown(text, isLive, previous.current), [text, isLive]);
  useEffect(() => {
    previous.current = read;
  }, [read]);
  const references = useReferencesOf(read, id);
  return (
    <ReferencesProvider value={references}>
      {renderBlocks(
        read.blocks.flatMap(({ nodes }) => nodes),
        isLive,
      )}
      <Footnotes notes={findFootnotes(read.blocks, references)} />
    </ReferencesProvider>
  );
}

/** Returns the references of a text. The value changes only if they do, because all links read it. */
function useReferencesOf({ blocks }: StreamedMarkdown, id: string) {
  const found = findReferences(blocks, id);
  const key = JSON.stringify([[...found.links], [...found.footnotes]]);
  return useMemo(() => found, [key, id]);
}
