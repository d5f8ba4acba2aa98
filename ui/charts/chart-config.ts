/** Makes the configuration of Chart.js. Pure. */
import type { ChartConfiguration, ChartDataset, ChartOptions } from "chart.js";
import type { PageColors } from "../browser/colors.ts";
import { escapeInvisible } from "../escape.ts";
import type { ChartContent } from "./read-chart.ts";

type Kind = "bar" | "line" | "scatter" | "pie";

/** Points that are drawn as dots. Longer lines have none. */
const MAX_DOTS = 60;

export function toConfiguration(content: ChartContent, colors: PageColors): ChartConfiguration<Kind> {
  const { spec, rows } = content;
  const type: Kind = spec.type === "area" ? "line" : spec.type;
  return {
    type,
    data: {
      labels: rows.map(([label]) => shorten(String(label ?? ""))),
      datasets: spec.y.map((name, at) => toDataset(content, name, at, colors)),
    },
    options: toOptions(content, colors),
  } as ChartConfiguration<Kind>;
}

function toDataset({ spec, rows }: ChartContent, name: string, at: number, colors: PageColors): ChartDataset {
  const color = colorAt(colors, at);
  const values = rows.map((row) => row[at + 1] ?? null);
  const label = escapeInvisible(name);
  switch (spec.type) {
    case "pie":
      return {
        label,
        data: values,
        backgroundColor: rows.map((_, index) => colorAt(colors, index)),
        borderColor: colors.surface,
      } as ChartDataset;
    case "scatter":
      return {
        label,
        data: rows.map((row) => ({ x: row[0], y: row[at + 1] })),
        backgroundColor: color,
      } as ChartDataset;
    case "bar":
      return {
        label,
        data: values,
        backgroundColor: color,
        borderRadius: 4,
        maxBarThickness: 48,
      } as ChartDataset;
    default:
      return {
        label,
        data: values,
        borderColor: color,
        backgroundColor: `${color}40`,
        fill: spec.type === "area" ? (spec.stacked && at > 0 ? "-1" : "origin") : false,
        borderWidth: 2,
        pointRadius: rows.length > MAX_DOTS ? 0 : 2.5,
        pointBackgroundColor: color,
        tension: 0.2,
      } as ChartDataset;
  }
}

function toOptions({ spec }: ChartContent, { textMuted: text, line, font }: PageColors): ChartOptions<Kind> {
  const isPie = spec.type === "pie";
  const ticks = { color: text, font: { family: font, size: 11 } };
  const axis = { grid: { color: line }, border: { color: line }, ticks, stacked: spec.stacked };
  const title = (name: string) => ({
    display: true,
    text: escapeInvisible(name),
    color: text,
    font: { family: font, size: 11 },
  });
  return {
    responsive: true,
    maintainAspectRatio: false,
    animation: false,
    interaction: { mode: isPie || spec.type === "scatter" ? "nearest" : "index", intersect: isPie },
    plugins: {
      legend: {
        display: isPie || spec.y.length > 1,
        position: "bottom",
        labels: { color: text, boxWidth: 12, boxHeight: 12, font: { family: font, size: 12 } },
      },
      tooltip: { titleFont: { family: font }, bodyFont: { family: font } },
    },
    scales: isPie
      ? {}
      : {
          x: {
            ...axis,
            grid: { display: spec.type === "scatter", color: line },
            ticks: { ...ticks, maxRotation: 45, autoSkipPadding: 12 },
            title: title(spec.x),
          },
          y: {
            ...axis,
            beginAtZero: spec.type === "bar" || spec.type === "area",
            title: { ...title(spec.y.join(", ")), display: spec.y.length === 1 },
          },
        },
  } as ChartOptions<Kind>;
}

function colorAt({ series }: PageColors, at: number): string {
  return series[at % series.length] ?? "#888888";
}

/** Characters of a label. The table has the whole text. */
const MAX_LABEL = 40;

function shorten(label: string): string {
  const text = escapeInvisible(label);
  return text.length > MAX_LABEL ? `${text.slice(0, MAX_LABEL)}…` : text;
}
