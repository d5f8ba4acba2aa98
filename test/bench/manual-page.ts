/** Writes the figures of a run into the manual. */
import { drawCurves } from "./curves.ts";
import { listRatios, type Measurement, misses } from "./measurement.ts";
import { formatTarget, formatTimes, type Report } from "./report.ts";

const manual = `${import.meta.dir}/../../src/manual`;
const MARKERS = ["<!-- figures: written by `bun run bench --manual` -->", "<!-- /figures -->"] as const;

/** The load average that the benchmarks cause by themselves. */
const QUIET_LOAD = 4;

function busyNote(load: number): string {
  return ` Other work used the machine at the same time (load average up to ${load}). Delays and starts by the clock are therefore long; CPU time and memory are less affected.`;
}

/** Replaces the table and the drawing of the page on performance. @throws Error when the page lacks its markers. */
export async function writeManual(report: Report): Promise<void> {
  const path = `${manual}/performance.md`;
  const page = await Bun.file(path).text();
  const [from, to] = MARKERS.map((marker) => page.indexOf(marker));
  if (from === undefined || to === undefined || from === -1 || to < from)
    throw new Error(`${path} has no lines "${MARKERS.join('" and "')}"`);
  await Bun.write(
    path,
    `${page.slice(0, from)}${MARKERS[0]}\n\n${formatReport(report)}\n\n${page.slice(to)}`,
  );
  const curves = Object.values(report.benchmarks).flatMap((measurements) =>
    measurements.flatMap(({ curve }) => curve ?? []),
  );
  if (curves.length > 0) await Bun.write(`${manual}/growth.svg`, drawCurves(curves));
}

function formatReport({ machine, load, date, commit, benchmarks }: Report): string {
  const rows = Object.values(benchmarks).flat().flatMap(formatRows);
  return [
    `Measured on ${date} at commit \`${commit}\`: ${machine}.${load > QUIET_LOAD ? busyNote(load) : ""}`,
    "",
    "| figure | measured | ratio | of | target | |",
    "| --- | --- | --- | --- | --- | --- |",
    ...rows.map((cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`),
  ].join("\n");
}

/** Returns a row for each ratio. Those after the first repeat neither name nor value. */
function formatRows(measurement: Measurement): readonly (readonly string[])[] {
  const ratios = listRatios(measurement);
  if (ratios.length === 0) return [[measurement.name, measurement.value, "", "", "", ""]];
  return ratios.map((ratio, index) => [
    ...(index === 0 ? [measurement.name, measurement.value] : ["", ""]),
    formatTimes(ratio),
    ratio.to,
    formatTarget(ratio),
    ratio.target === undefined ? "" : misses(ratio) ? "missed" : "met",
  ]);
}
