/** Draws how costs grow, as an SVG that reads well on light and dark pages. */
import type { Curve } from "./measurement.ts";

const [WIDTH, HEIGHT] = [210, 130];
const MARGIN = { left: 44, right: 14, top: 30, bottom: 30 };
const COLUMNS = 3;
const STYLE = `text { font: 11px system-ui, sans-serif; fill: #7a7f87; } .title { font-weight: 600; }
.axis { fill: none; stroke: #7a7f87; stroke-opacity: 0.5; } .line { fill: none; stroke: #3d7bd9; stroke-width: 2; } circle { fill: #3d7bd9; }`;

type Point = Curve["points"][number];

/** Draws one panel for each curve: milliseconds of CPU time of a turn, over a logarithmic axis. */
export function drawCurves(curves: readonly Curve[]): string {
  const rows = Math.ceil(curves.length / COLUMNS);
  const panels = curves.map((curve, index) => {
    const [x, y] = [(index % COLUMNS) * WIDTH, Math.floor(index / COLUMNS) * HEIGHT];
    return `<g transform="translate(${x} ${y})">\n${drawPanel(curve)}\n</g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${COLUMNS * WIDTH} ${rows * HEIGHT}" role="img">
<title>Milliseconds of CPU time of a turn, against ${curves.map(({ of }) => of).join(", ")}</title>
<style>${STYLE}</style>
${panels.join("\n")}
</svg>
`;
}

function drawPanel({ of, points }: Curve): string {
  const [first, last] = [points.at(0), points.at(-1)];
  if (!first || !last) return "";
  const top = roundUp(Math.max(...points.map(({ cpuMs }) => cpuMs)));
  const [left, right] = [MARGIN.left, WIDTH - MARGIN.right];
  const bottom = HEIGHT - MARGIN.bottom;
  const span = Math.log(last.size / first.size);
  const toX = ({ size }: Point) => left + ((right - left) * Math.log(size / first.size)) / span;
  const toY = (cpuMs: number) => bottom - ((bottom - MARGIN.top) * cpuMs) / top;
  const places = points.map((point) => `${toX(point).toFixed(1)},${toY(point.cpuMs).toFixed(1)}`);
  const label = (x: number, y: number, anchor: string, text: string, kind = "") =>
    `<text x="${x}" y="${y}" text-anchor="${anchor}"${kind}>${text}</text>`;
  return [
    label(left, 16, "start", of, ' class="title"'),
    `<path class="axis" d="M${left} ${MARGIN.top}V${bottom}H${right}"/>`,
    label(left - 5, MARGIN.top + 4, "end", `${top} ms`),
    label(left - 5, bottom + 4, "end", "0"),
    ...points.map((point) =>
      label(Number(toX(point).toFixed(1)), bottom + 15, "middle", shorten(point.size)),
    ),
    `<polyline class="line" points="${places.join(" ")}"/>`,
    ...places.map((place) => `<circle cx="${place.split(",")[0]}" cy="${place.split(",")[1]}" r="3"/>`),
  ].join("\n");
}

/** Returns the next of 1, 2, 5, 10, 20, … */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return Number((([1, 2, 5].find((step) => step * power >= value) ?? 10) * power).toPrecision(1));
}

function shorten(size: number): string {
  if (size >= 1_000_000) return `${Number((size / 1_000_000).toPrecision(2))} M`;
  return size >= 1000 ? `${Number((size / 1000).toPrecision(2))} k` : String(size);
}
