/** Exact decimal arithmetic on JSON numbers. A double holds neither 19.99 nor 0.01, but its shortest text does. */

/** `digits` × 10^`exponent`. */
interface Decimal {
  readonly digits: bigint;
  readonly exponent: number;
}

/** Returns whether `value` is an integer times `step`, as the decimal numbers that they are written as. */
export function isMultipleOf(value: number | bigint, step: number | bigint): boolean {
  const [dividend, divisor] = [toDecimal(value), toDecimal(step)];
  if (dividend === undefined || divisor === undefined || divisor.digits === 0n) return true;
  const exponent = Math.min(dividend.exponent, divisor.exponent);
  return scaleTo(dividend, exponent) % scaleTo(divisor, exponent) === 0n;
}

/** Returns undefined for numbers that are not finite. */
function toDecimal(value: number | bigint): Decimal | undefined {
  const match = /^(-?\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/.exec(String(value));
  if (!match) return undefined;
  const [, whole = "0", fraction = "", exponent = "0"] = match;
  return { digits: BigInt(whole + fraction), exponent: Number(exponent) - fraction.length };
}

function scaleTo({ digits, exponent }: Decimal, target: number): bigint {
  return digits * 10n ** BigInt(exponent - target);
}
