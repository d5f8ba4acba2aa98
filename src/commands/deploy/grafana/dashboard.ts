/**
 * The dashboard of Grafana.
 * https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/
 */
import { PANEL_ROWS } from "./panel-rows.ts";
import { type Panel, type PanelRow, SELECTED } from "./panels.ts";

const DATASOURCE = { type: "prometheus", uid: `\${datasource}` };
/** The labels that the variables of the dashboard choose. A query without them would mix several installations. */
const SELECTOR = 'job=~"$job",instance=~"$instance"';

/** The grid has 24 columns. */
const COLUMNS = 24;
const SIZES = { stat: { w: 3, h: 4 }, timeseries: { w: 8, h: 8 } };
const ROW_HEIGHT = 1;

export function describeDashboard() {
  return {
    uid: "specchat",
    title: "specchat",
    tags: ["specchat"],
    timezone: "",
    editable: true,
    graphTooltip: 1,
    schemaVersion: 39,
    refresh: "30s",
    time: { from: "now-6h", to: "now" },
    templating: { list: describeVariables() },
    annotations: { list: [] },
    panels: layOut(PANEL_ROWS),
  };
}

function describeVariables() {
  const label = (name: string, filter: string) => ({
    name,
    label: name,
    type: "query",
    datasource: DATASOURCE,
    query: { query: `label_values(specchat_build_info${filter}, ${name})`, refId: name },
    refresh: 2,
    sort: 1,
    multi: true,
    includeAll: true,
    current: { text: "All", value: "$__all" },
  });
  return [
    { name: "datasource", label: "data source", type: "datasource", query: "prometheus", refresh: 1 },
    label("job", ""),
    label("instance", '{job=~"$job"}'),
  ];
}

/** Places the panels of each row from left to right, below its title. */
function layOut(rows: readonly PanelRow[]) {
  const placed: object[] = [];
  let y = 0;
  for (const { title, panels } of rows) {
    placed.push({
      id: placed.length + 1,
      type: "row",
      title,
      collapsed: false,
      gridPos: { x: 0, y, w: COLUMNS, h: ROW_HEIGHT },
      panels: [],
    });
    y += ROW_HEIGHT;
    const { w, h } = SIZES[panels[0]?.kind ?? "timeseries"];
    for (const [index, panel] of panels.entries()) {
      const x = (index * w) % COLUMNS;
      if (index > 0 && x === 0) y += h;
      placed.push({ id: placed.length + 1, ...describePanel(panel), gridPos: { x, y, w, h } });
    }
    y += h;
  }
  return placed;
}

function describePanel({ title, unit, queries, kind = "timeseries" }: Panel) {
  return {
    type: kind,
    title,
    datasource: DATASOURCE,
    fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
    options:
      kind === "stat"
        ? { reduceOptions: { calcs: ["lastNotNull"], fields: "", values: false }, colorMode: "none" }
        : { legend: { displayMode: "list", placement: "bottom" }, tooltip: { mode: "multi", sort: "desc" } },
    targets: queries.map(({ expr, legend }, index) => ({
      refId: String.fromCharCode(65 + index),
      datasource: DATASOURCE,
      expr: expr.replaceAll(SELECTED, SELECTOR),
      legendFormat: legend,
      range: kind !== "stat",
      instant: kind === "stat",
    })),
  };
}
