/**
 * Runs `flush` with the next animation frame; in a tab in the background, where there are none, a moment later. So a
 * burst of deltas costs one rendering.
 */
export function runOnNextFrame(flush: () => void): void {
  let done = false;
  const runOnce = () => {
    if (done) return;
    done = true;
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    flush();
  };
  const frame = requestAnimationFrame(runOnce);
  const timer = setTimeout(runOnce, 200);
}
