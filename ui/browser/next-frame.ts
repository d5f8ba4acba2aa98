/**
 * Runs `flush` in the next animation frame, so that a burst of deltas causes one rendering. Background tabs have no
 * animation frames; `flush` runs after 200 ms there.
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
