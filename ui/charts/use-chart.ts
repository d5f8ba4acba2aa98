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
import { type RefObject, useEffect } from "react";
import { readColors, useThemeName } from "../browser/colors.ts";
import { toConfiguration } from "./chart-config.ts";
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
