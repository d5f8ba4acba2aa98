import { useEffect, useMemo, useRef, useState } from "react";
import type { Highlighted } from "./highlight.ts";

type Highlighter = typeof import("./highlight.ts");

let loaded: Highlighter | undefined;

/** Returns the coloured code, or undefined while the highlighter is loaded and for languages that it does not know. */
export function useHighlighted(code: string, language: string): Highlighted | undefined {
  const [highlighter, setHighlighter] = useState(loaded);
  const previous = useRef<Highlighted>(undefined);

  useEffect(() => {
    if (highlighter !== undefined || language === "") return;
    let isMounted = true;
    import("./highlight.ts").then(
      (module) => {
        loaded = module;
        if (isMounted) setHighlighter(module);
      },
      // Code without colours is as complete.
      () => {},
    );
    return () => {
      isMounted = false;
    };
  }, [highlighter, language]);

  const result = useMemo(
    () =>
      language === ""
        ? undefined
        : highlighter?.highlightCode(code, language.toLowerCase(), previous.current),
    [highlighter, code, language],
  );
  useEffect(() => {
    previous.current = result;
  }, [result]);
  return result;
}
