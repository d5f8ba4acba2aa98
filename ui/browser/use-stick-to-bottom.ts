import { type RefObject, useCallback, useEffect, useRef, useState } from "react";

/** Pixels from the end within which a viewport counts as being at its end. */
const NEAR_END = 48;

/** Pixels that stay above the focused element. */
const FOCUS_MARGIN = 8;

export interface StickToBottom {
  /** The end of the conversation is visible. */
  readonly isAtBottom: boolean;
  /** Scrolls to the end, and follows it from then on. */
  readonly scrollToBottom: () => void;
}

/**
 * Keeps the end of growing content visible while the user is at it. Scrolling up stops that; scrolling back to the end starts it
 * again. Content that grows never moves a user who has scrolled up.
 */
export function useStickToBottom(
  viewport: RefObject<HTMLElement | null>,
  content: RefObject<HTMLElement | null>,
): StickToBottom {
  const isFollowing = useRef(true);
  const [isAtBottom, setIsAtBottom] = useState(true);

  const scrollToBottom = useCallback(() => {
    isFollowing.current = true;
    const element = viewport.current;
    if (element) element.scrollTop = element.scrollHeight;
  }, [viewport]);

  useEffect(() => {
    const [element, inner] = [viewport.current, content.current];
    if (!(element && inner)) return;
    let lastTop = element.scrollTop;
    const isNearEnd = () => element.scrollHeight - element.scrollTop - element.clientHeight <= NEAR_END;
    const handleScroll = () => {
      const isUp = element.scrollTop < lastTop;
      lastTop = element.scrollTop;
      // Content that shrinks or is measured moves the offset too: only a move away from the end is the user's.
      if (isNearEnd()) isFollowing.current = true;
      else if (isUp) isFollowing.current = false;
      setIsAtBottom(isNearEnd());
    };
    const handleResize = () => {
      if (isFollowing.current) element.scrollTop = Math.min(element.scrollHeight, focusLimit(element));
      lastTop = element.scrollTop;
      setIsAtBottom(isNearEnd());
    };
    const observer = new ResizeObserver(handleResize);
    observer.observe(inner);
    observer.observe(element);
    element.addEventListener("scroll", handleScroll, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", handleScroll);
    };
  }, [viewport, content]);

  return { isAtBottom, scrollToBottom };
}

/** Returns the offset beyond which the focused element, or the part of the conversation that it heads, would leave the viewport at its top. */
function focusLimit(viewport: HTMLElement): number {
  const focused = document.activeElement;
  if (focused === null || focused === viewport || !viewport.contains(focused))
    return Number.POSITIVE_INFINITY;
  const part = focused.closest(".approval") ?? focused;
  const distance = part.getBoundingClientRect().top - viewport.getBoundingClientRect().top;
  return distance < 0 ? Number.POSITIVE_INFINITY : viewport.scrollTop + Math.max(0, distance - FOCUS_MARGIN);
}
