import { type RefObject, useEffect } from "react";

/** Marks an element that scrolls sideways with `data-hidden`: `start`, `end` or `start end`, the sides where columns are hidden. */
export function useHiddenEdges(ref: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const update = () => {
      const { scrollWidth, clientWidth } = element;
      const offset = Math.abs(element.scrollLeft);
      const start = offset > 1 ? "start" : "";
      const end = offset + clientWidth < scrollWidth - 1 ? "end" : "";
      element.dataset.hidden = `${start} ${end}`.trim();
    };
    const observer = new ResizeObserver(update);
    observer.observe(element);
    for (const child of element.children) observer.observe(child);
    element.addEventListener("scroll", update, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", update);
    };
  }, [ref]);
}
