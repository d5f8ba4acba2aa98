/** Turns the samples of rounds into measurements with their targets. */
import { type Measurement, median, type Ratio } from "../measurement.ts";
import type { Samples } from "./types.ts";

export interface Comparison<Metric extends string> {
  readonly name: string;
  readonly unit: string;
  readonly metric: Metric;
  /** The limit of the ratio to a server: `atLeast` where more is better, `atMost` where less is. */
  readonly target?: { readonly of: string } & ({ readonly atLeast: number } | { readonly atMost: number });
}

/** Compares the first server with each other one. A ratio is the median of those of the rounds, with the lowest and the highest. */
export function compareSamples<Metric extends string>(
  samples: Samples<Metric>,
  { name, unit, metric, target }: Comparison<Metric>,
): Measurement {
  const [first, ...others] = [...samples];
  const own = first?.[1][metric] ?? [];
  const ratios = others.map(([to, metrics]): Ratio => {
    const ratio = compareRounds(own, metrics[metric], to);
    return target?.of === to ? { ...ratio, ...readTarget(target) } : ratio;
  });
  return {
    name,
    value: `${formatNumber(median(own))} ${unit}`,
    ratios,
    samples: Object.fromEntries([...samples].map(([server, metrics]) => [server, metrics[metric]])),
  };
}

function readTarget(target: { readonly atLeast: number } | { readonly atMost: number }) {
  return "atLeast" in target
    ? { target: target.atLeast, isMinimum: true }
    : { target: target.atMost, isMinimum: false };
}

function compareRounds(own: readonly number[], other: readonly number[], to: string): Ratio {
  const ratios = own.map((value, round) => value / (other[round] ?? Number.NaN));
  return { of: median(ratios), to, low: Math.min(...ratios), high: Math.max(...ratios) };
}

/** Returns a number with three significant digits, and thousands in groups. */
function formatNumber(value: number): string {
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString("en");
  const text = value.toPrecision(3);
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}
