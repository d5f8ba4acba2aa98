import { useState } from "react";
import { sidebarItem } from "./storage.ts";
import { useIsWide } from "./use-is-wide.ts";

/**
 * Manages the visibility of the list of conversations. The column of wide screens is visible until the user hides it,
 * which is stored. The drawer of narrow screens is hidden until the user opens it.
 */
export function useSidebar() {
  const isWide = useIsWide();
  const [isSidebarOpen, setIsSidebarOpen] = useState(() => sidebarItem.read() !== "hidden");
  const [isDrawerOpen, setIsDrawerOpen] = useState(false);
  const toggle = () => {
    if (!isWide) return setIsDrawerOpen(!isDrawerOpen);
    sidebarItem.write(isSidebarOpen ? "hidden" : "shown");
    setIsSidebarOpen(!isSidebarOpen);
  };
  return {
    isWide,
    isShown: isWide ? isSidebarOpen : isDrawerOpen,
    toggle,
    hide: () => setIsDrawerOpen(false),
  };
}
