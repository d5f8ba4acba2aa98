import { useState } from "react";
import { sidebarItem } from "./storage.ts";
import { useIsWide } from "./use-is-wide.ts";

/** Is the list of conversations shown? A column is there until it is put away, which is remembered; a drawer is opened. */
export function useSidebar() {
  const isWide = useIsWide();
  const [isSidebarOpen, setIsSidebarOpen] = useState(() => sidebarItem.read() !== "hidden");
  const [isDrawerOpen, setIsDrawerOpen] = useState(false);
  const turn = () => {
    if (!isWide) return setIsDrawerOpen(!isDrawerOpen);
    sidebarItem.write(isSidebarOpen ? "hidden" : "shown");
    setIsSidebarOpen(!isSidebarOpen);
  };
  return { isWide, isShown: isWide ? isSidebarOpen : isDrawerOpen, turn, hide: () => setIsDrawerOpen(false) };
}
