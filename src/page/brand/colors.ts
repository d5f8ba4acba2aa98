/** Calculates with colours in the form `#rrggbb`. */

/** Returns red, green and blue from 0 to 255. */
function channelsOf(color: string): readonly number[] {
  const digits = color.length === 4 ? color.replace(/[\da-f]/gi, "$&$&") : color;
  return [1, 3, 5].map((at) => Number.parseInt(digits.slice(at, at + 2), 16));
}

/** Mixes two colours. @param share of the second one, from 0 to 1. */
export function mix(first: string, second: string, share: number): string {
  const others = channelsOf(second);
  const mixed = channelsOf(first).map((channel, at) =>
    Math.round(channel * (1 - share) + (others[at] ?? 0) * share),
  );
  return `#${mixed.map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;
}

/** Returns the contrast of two colours, from 1 to 21: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
export function contrastOf(first: string, second: string): number {
  const [dark = 0, light = 0] = [luminanceOf(first), luminanceOf(second)].toSorted((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

function luminanceOf(color: string): number {
  const [red = 0, green = 0, blue = 0] = channelsOf(color).map((channel) => {
    const part = channel / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Mixes a colour with another one until it has a contrast with each of the backgrounds. */
export function untilContrast(
  color: string,
  target: string,
  backgrounds: readonly string[],
  least: number,
): string {
  const shares = Array.from({ length: 21 }, (_, step) => step / 20);
  const candidates = shares.map((share) => mix(color, target, share));
  const isReadable = (candidate: string) =>
    backgrounds.every((background) => contrastOf(candidate, background) >= least);
  return candidates.find(isReadable) ?? target;
}
