/** Returns the time in milliseconds with fractions, which is the same in all processes of the machine. */
export function readClock(): number {
  return performance.timeOrigin + performance.now();
}
