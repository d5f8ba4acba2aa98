import { useEffect, useRef, useState } from "react";

interface FormulaProps {
  /** TeX. */
  readonly text: string;
  readonly isDisplay: boolean;
}

/** A formula as MathML. KaTeX is loaded with the first one. TeX that cannot be read is shown as it is. */
export function Formula({ text, isDisplay }: FormulaProps) {
  const element = useRef<HTMLSpanElement>(null);
  const [failed, setFailed] = useState<string>();
  useEffect(() => {
    let isMounted = true;
    import("./render-formula.ts")
      .then(({ renderFormula }) => {
        if (isMounted && element.current) renderFormula(text, element.current, isDisplay);
      })
      .catch(() => setFailed(text));
    return () => {
      isMounted = false;
    };
  }, [text, isDisplay]);
  if (failed === text) return <code>{text}</code>;
  return <span dir="ltr" className={isDisplay ? "formula formula-display" : "formula"} ref={element} />;
}
