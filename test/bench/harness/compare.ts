/** Turns the samples of rounds into measurements with their targets. */
import { type Measurement, median, type Ratio } from "../measurement.ts";
import type { Baseline, Bench, Samples, Subject } from "./types.ts";

export interface Comparison<Metric extends string> {
  readonly name: string;
  readonly unit: string;
  readonly metric: Metric;
  /** The limit of the ratio to a baseline: `atLeast` where more is better, `atMost` where less is. */
  readonly target?: { readonly of: Baseline } & ({ readonly atLeast: number } | { readonly atMost: number });
}

const NAMES: Readonly<Record<Baseline, string>> = { A: "A", B: "B" };

/** Compares specchat with each other subject. A ratio is the median of those of the rounds, with the lowest and the highest. */
export function compareSamples<Metric extends string>(
  bench: Bench,
  samples: Samples<Metric>,
  { name, unit, metric, target }: Comparison<Metric>,
): Measurement {
  const own = samples.get("specchat")?.[metric] ?? [];
  const others = [...samples.keys()].filter((subject) => subject !== "specchat");
  const nameOf = (subject: Subject) =>
    subject === "against" ? (bench.against?.name ?? "") : NAMES[subject as Baseline];
  const ratios = others.map((subject): Ratio => {
    const ratio = compareRounds(own, samples.get(subject)?.[metric] ?? [], nameOf(subject));
    return target?.of === subject ? { ...ratio, ...readTarget(target) } : ratio;
  });
  return {
    name,
    value: `${formatNumber(median(own))} ${unit}`,
    ratios,
    samples: Object.fromEntries([...samples].map(([subject, metrics]) => [subject, metrics[metric]])),
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
export function formatNumber(value: number): string {
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString("en");
  return value.toPrecision(3).replace(/\.?0+$/, "");
}
