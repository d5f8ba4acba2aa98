import {
  ArcElement,
  BarController,
  BarElement,
  CategoryScale,
  Chart,
  Filler,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  PieController,
  PointElement,
  ScatterController,
  Tooltip,
} from "chart.js";
import { type RefObject, useEffect, useState } from "react";
import { type ChartColors, toConfiguration } from "./chart-config.ts";
import type { ChartContent } from "./read-chart.ts";

Chart.register(
  ArcElement,
  BarController,
  BarElement,
  CategoryScale,
  Filler,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  PieController,
  PointElement,
  ScatterController,
  Tooltip,
);

/** Draws a chart on a canvas, and again when the theme changes. */
export function useChart(canvas: RefObject<HTMLCanvasElement | null>, content: ChartContent): void {
  const theme = useThemeName();
  useEffect(() => {
    if (canvas.current === null) return;
    const chart = new Chart(canvas.current, toConfiguration(content, readColors()));
    return () => chart.destroy();
  }, [canvas, content, theme]);
}

function useThemeName(): string | undefined {
  const [theme, setTheme] = useState(() => document.documentElement.dataset.theme);
  useEffect(() => {
    const observer = new MutationObserver(() => setTheme(document.documentElement.dataset.theme));
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    return () => observer.disconnect();
  }, []);
  return theme;
}

/** Returns the colours of charts.css. */
export function readColors(): ChartColors {
  const style = getComputedStyle(document.documentElement);
  const read = (name: string) => style.getPropertyValue(name).trim();
  return {
    series: [1, 2, 3, 4, 5, 6, 7, 8].map((at) => read(`--series-${at}`)),
    text: read("--text-muted"),
    line: read("--line"),
    surface: read("--surface"),
    font: read("--sans"),
  };
}
