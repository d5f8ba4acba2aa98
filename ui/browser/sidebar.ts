import { useState } from "react";
import { column } from "./storage.ts";
import { useIsWide } from "./use-is-wide.ts";

/** Is the list of conversations shown? A column is there until it is put away, which is remembered; a drawer is opened. */
export function useColumn() {
  const isWide = useIsWide();
  const [isColumn, setIsColumn] = useState(() => column.read() !== "hidden");
  const [isDrawer, setIsDrawer] = useState(false);
  const turn = () => {
    if (!isWide) return setIsDrawer(!isDrawer);
    column.write(isColumn ? "hidden" : "shown");
    setIsColumn(!isColumn);
  };
  return { isWide, isShown: isWide ? isColumn : isDrawer, turn, hide: () => setIsDrawer(false) };
}
