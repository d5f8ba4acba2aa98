import { lazy, Suspense } from "react";
import { ErrorBoundary } from "../components/error-boundary.tsx";
import { useOverlay } from "./overlay.ts";
import { Palette } from "./palette.tsx";
import { useShortcuts } from "./use-shortcuts.ts";

const ShortcutList = lazy(() => import("./shortcut-list.tsx"));
const ToolsPage = lazy(() => import("../tools/tools-page.tsx"));

/** The dialogs over the page, loaded when they are first opened. The palette is there at once: what follows its key is for it. */
export function Overlays() {
  useShortcuts();
  const overlay = useOverlay();
  if (overlay === undefined) return null;
  return (
    <ErrorBoundary fallback={null}>
      {/* Without the key, the dialog before would stay, hidden, until the next one is loaded. */}
      <Suspense key={overlay} fallback={null}>
        {overlay === "palette" && <Palette />}
        {overlay === "shortcuts" && <ShortcutList />}
        {overlay === "tools" && <ToolsPage />}
      </Suspense>
    </ErrorBoundary>
  );
}
