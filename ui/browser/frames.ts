/**
 * Runs `flush` with the next animation frame; in a tab in the background, where there are none, a moment later. So a
 * burst of deltas costs one rendering.
 */
export function withNextFrame(flush: () => void): void {
  let done = false;
  const once = () => {
    if (done) return;
    done = true;
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    flush();
  };
  const frame = requestAnimationFrame(once);
  const timer = setTimeout(once, 200);
}
