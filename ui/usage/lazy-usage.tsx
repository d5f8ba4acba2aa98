import { lazy, Suspense } from "react";
import { createPortal } from "react-dom";
import { ErrorBoundary } from "../components/error-boundary.tsx";
import { t } from "../language/language.ts";

const UsagePage = lazy(() => import("./usage-page.tsx"));

/** The usage of everyone. Its code is loaded when it is shown first. */
export function LazyUsage({ onClose }: { onClose: () => void }) {
  return (
    <ErrorBoundary
      fallback={
        <p className="sign-in-problem" role="alert">
          {t("usage.failed")}
        </p>
      }
    >
      <Suspense>{createPortal(<UsagePage onClose={onClose} />, document.body)}</Suspense>
    </ErrorBoundary>
  );
}
