import { lazy, Suspense } from "react";
import { ErrorBoundary } from "../../components/error-boundary.tsx";
import { CodeBlock } from "../code/code-block.tsx";

const DiagramBlock = lazy(() => import("./diagram-block.tsx"));

/** A diagram in the language of Mermaid. What draws it is loaded with the first one; until then, and if it fails, it is code. */
export function Diagram({ code, language }: { code: string; language: string }) {
  const block = <CodeBlock code={code} language={language} />;
  return (
    <ErrorBoundary fallback={block}>
      <Suspense fallback={block}>
        <DiagramBlock code={code} language={language} />
      </Suspense>
    </ErrorBoundary>
  );
}

export const isDiagram = (language: string) => /^(?:mermaid|mmd)$/i.test(language);
