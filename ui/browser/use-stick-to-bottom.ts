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
  /** Leaves the user where he is, until he scrolls to the end. */
  readonly stopFollowing: () => void;
}

/**
 * Keeps the end of growing content visible while the user is at it. Scrolling up stops that, and so does opening a card, whose
 * headline stays where it is; scrolling back to the end starts it again. Content that grows never moves a user who has scrolled up,
 * and nothing moves while a pointer is pressed. `startsAtBottom` is false for content that is read from its beginning.
 */
export function useStickToBottom(
  viewport: RefObject<HTMLElement | null>,
  content: RefObject<HTMLElement | null>,
  startsAtBottom: boolean,
): StickToBottom {
  const isFollowing = useRef(startsAtBottom);
  const [isAtBottom, setIsAtBottom] = useState(true);

  const scrollToBottom = useCallback(() => {
    isFollowing.current = true;
    const element = viewport.current;
    if (element) element.scrollTop = element.scrollHeight;
  }, [viewport]);
  const stopFollowing = useCallback(() => {
    isFollowing.current = false;
  }, []);

  useEffect(() => {
    const [element, inner] = [viewport.current, content.current];
    if (!(element && inner)) return;
    let lastTop = element.scrollTop;
    let isClosing = false;
    let isPressed = false;
    const isNearEnd = () => element.scrollHeight - element.scrollTop - element.clientHeight <= NEAR_END;
    const handleScroll = () => {
      const moved = element.scrollTop - lastTop;
      lastTop = element.scrollTop;
      // Content that shrinks or is measured moves the offset too: only a move to the end, or away from it, is the user's.
      if (moved > 0 && isNearEnd()) isFollowing.current = startsAtBottom;
      else if (moved < 0 && !isNearEnd()) isFollowing.current = false;
      setIsAtBottom(isNearEnd());
    };
    const handleResize = () => {
      if (isClosing && isNearEnd()) isFollowing.current = startsAtBottom;
      isClosing = false;
      if (isFollowing.current && !isPressed)
        element.scrollTop = Math.min(element.scrollHeight, focusLimit(element));
      lastTop = element.scrollTop;
      setIsAtBottom(isNearEnd());
    };
    const handleClick = ({ target }: MouseEvent) => {
      if (!(target instanceof Element)) return;
      const opener = target.closest(OPENERS);
      // A button at the end goes on with the conversation there, such as one that allows a call.
      if (opener === null && target.closest("button") !== null && isNearEnd())
        isFollowing.current = startsAtBottom;
      if (opener === null) return;
      isClosing = isOpen(opener);
      if (isClosing) return;
      isFollowing.current = false;
      // The event of a move before the click may still come.
      lastTop = element.scrollTop;
    };
    const handlePress = () => {
      isPressed = true;
    };
    const handleRelease = () => {
      if (!isPressed) return;
      isPressed = false;
      // The click comes after the release.
      setTimeout(handleResize);
    };
    const observer = new ResizeObserver(handleResize);
    observer.observe(inner);
    observer.observe(element);
    const stop = new AbortController();
    const { signal } = stop;
    element.addEventListener("scroll", handleScroll, { passive: true, signal });
    element.addEventListener("click", handleClick, { capture: true, signal });
    element.addEventListener("pointerdown", handlePress, { passive: true, signal });
    for (const type of ["pointerup", "pointercancel"])
      window.addEventListener(type, handleRelease, { passive: true, signal });
    return () => {
      observer.disconnect();
      stop.abort();
    };
  }, [viewport, content, startsAtBottom]);

  return { isAtBottom, scrollToBottom, stopFollowing };
}

/** The headlines of cards that open below them, and what chooses between views in a card. */
const OPENERS = "summary, [aria-expanded], [aria-pressed]";

function isOpen(opener: Element): boolean {
  return opener.parentElement instanceof HTMLDetailsElement
    ? opener.parentElement.open
    : opener.getAttribute("aria-expanded") === "true";
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
