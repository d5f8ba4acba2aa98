/** The dashboard and the alert rules, compared with the metrics of a server and checked by the tool of Prometheus. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { parse, stringify } from "yaml";
import { ALERTS } from "../../../src/commands/deploy/grafana/alerts.ts";
import { METRICS } from "../../../src/telemetry/metrics/declarations.ts";
import { type Specchat, startSpecchat } from "../../support/harness.ts";
import { parseMetrics } from "../../telemetry/metrics/parse-metrics.ts";
import { runDeploy, runTool, SETTINGS, withFiles } from "./run.ts";

const promtool = process.env.PROMTOOL ?? Bun.which("promtool");
/** Labels that Prometheus adds when it scrapes. */
const SCRAPE_LABELS = ["job", "instance"];

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

let files: Readonly<Record<string, string>>;
let rules: readonly Rule[];
let queries: readonly string[];
beforeAll(async () => {
  ({ files } = await runDeploy("grafana", SETTINGS.redis));
  [{ rules }] = parse(files["specchat.rules.yaml"] ?? "").groups;
  queries = panels().flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
});

function dashboard() {
  return JSON.parse(files["specchat-dashboard.json"] ?? "");
}

interface PlacedPanel {
  readonly id: number;
  readonly type: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string }[];
}

function panels(): readonly PlacedPanel[] {
  return dashboard().panels;
}

describe("The queries", () => {
  let specchat: Specchat;
  beforeAll(async () => {
    const usage = { residentBytes: 5e7, heapBytes: 1e7, cpuSeconds: 1.5, startedAt: 1.7e9 };
    specchat = await startSpecchat({ useDemoModel: true, ports: { usage: () => usage } });
  });
  afterAll(() => specchat.stop());

  test("name only metrics of a server, and every metric is in the dashboard.", async () => {
    const text = await (await fetch(`${specchat.url}/metrics`)).text();
    const families = parseMetrics(text, "prometheus");
    const samples = new Map(
      [...families].flatMap(([name, { type }]) =>
        samplesOf(name, type).map((sample) => [sample, name] as const),
      ),
    );
    const variables: readonly { query?: { query?: string } }[] = dashboard().templating.list;
    const expressions = [...queries, ...rules.map(({ expr }) => expr)];
    const definitions = variables.flatMap(({ query }) => query?.query ?? []);
    const named = [...expressions, ...definitions].flatMap((expression) => metricNames(expression));
    expect(named.filter((name) => !samples.has(name))).toEqual([]);
    const shown = new Set(queries.flatMap(metricNames).map((name) => samples.get(name)));
    expect([...families.keys()].filter((name) => !shown.has(name))).toEqual([]);
  });

  test("name only labels that their metrics have.", () => {
    const labels = new Map<string, readonly string[]>(
      Object.values(METRICS).flatMap(({ name, type, labels }) =>
        samplesOf(name, type).map((sample) => [sample, [...labels, ...SCRAPE_LABELS, "le"]] as const),
      ),
    );
    const expressions = [...queries, ...rules.map(({ expr }) => expr)];
    const unknown = expressions.flatMap((expression) => {
      const known = new Set(metricNames(expression).flatMap((name) => labels.get(name) ?? []));
      const filters = [...expression.matchAll(/(\w+)=~?"/g)].map(([, label = ""]) => label);
      const groups = [...expression.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = ""]) =>
        list.split(", "),
      );
      return [...filters, ...groups]
        .filter((label) => !known.has(label))
        .map((label) => `${label}: ${expression}`);
    });
    expect(unknown).toEqual([]);
  });
});

test("The panels of the dashboard have ids of their own and do not overlap.", () => {
  const all = panels();
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  const cells = all.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`),
  );
  expect(new Set(cells).size).toBe(cells.length);
  expect(Math.max(...all.map(({ gridPos: { x, w } }) => x + w))).toBe(24);
});

test("The manual has the condition of every alert.", async () => {
  const manual = await Bun.file(`${import.meta.dir}/../../../src/manual/observability.md`).text();
  const rows = ALERTS.map(({ condition, meaning }) => `| \`${condition}\` | ${meaning} |`);
  expect(manual).toContain(rows.join("\n"));
});

test("Prometheus scrapes the port of the metrics.", async () => {
  const targets = async (...argv: readonly string[]) => {
    const run = await runDeploy("grafana", { argv: ["--spec", "demo", ...argv] });
    return parse(run.files["prometheus.yaml"] ?? "").scrape_configs[0].static_configs[0].targets;
  };
  expect([await targets("--port", "8123"), await targets("--metrics-port", "9464")]).toEqual([
    ["127.0.0.1:8123"],
    ["127.0.0.1:9464"],
  ]);
});

test("With authentication, Prometheus sends the token of a file.", async () => {
  const argv = ["--spec", "demo", "--api-keys-file", "keys.json"];
  const { files: open, err } = await runDeploy("grafana", { argv });
  expect(parse(open["prometheus.yaml"] ?? "").scrape_configs[0].authorization).toEqual({
    credentials_file: "specchat-metrics-token",
  });
  expect(err).toBe("Warning: With authentication the scraper needs a token. Set one with --metrics-token.\n");
});

/** Series with which each alert fires after 90 minutes, and with which it does not. The interval is a minute. */
const SERIES: Readonly<
  Record<
    string,
    {
      readonly fires: Readonly<Record<string, string>>;
      readonly rests: Readonly<Record<string, string>>;
      readonly labels: Readonly<Record<string, string>>;
    }
  >
> = {
  SpecchatAbsent: { fires: {}, rests: { "specchat_build_info{}": "1x90" }, labels: {} },
  SpecchatTurnsFail: {
    fires: {
      'bedrock_chat_requests_total{job="a",outcome="failed",reason="throttled"}': "0+1x90",
      'bedrock_chat_requests_total{job="a",outcome="answered",reason="end_turn"}': "0+5x90",
    },
    rests: {
      'bedrock_chat_requests_total{job="a",outcome="failed",reason="throttled"}': "0+0.2x90",
    },
    labels: { job: "a" },
  },
  SpecchatBreakerOpen: {
    fires: { 'specchat_breaker_open{job="a",model="m",region="r"}': "1x90" },
    rests: { 'specchat_breaker_open{job="a",model="m",region="r"}': "0x90" },
    labels: { job: "a", model: "m", region: "r" },
  },
  SpecchatRepliesLate: {
    fires: {
      'gen_ai_client_operation_time_to_first_chunk_seconds_bucket{job="a",gen_ai_response_model="m",le="10.24"}':
        "0x90",
      'gen_ai_client_operation_time_to_first_chunk_seconds_bucket{job="a",gen_ai_response_model="m",le="20.48"}':
        "0+1x90",
      'gen_ai_client_operation_time_to_first_chunk_seconds_bucket{job="a",gen_ai_response_model="m",le="+Inf"}':
        "0+1x90",
    },
    rests: {
      'gen_ai_client_operation_time_to_first_chunk_seconds_bucket{job="a",gen_ai_response_model="m",le="10.24"}':
        "0+1x90",
      'gen_ai_client_operation_time_to_first_chunk_seconds_bucket{job="a",gen_ai_response_model="m",le="+Inf"}':
        "0+1x90",
    },
    labels: { job: "a", gen_ai_response_model: "m" },
  },
  SpecchatToolsFail: {
    fires: {
      'bedrock_tool_calls_total{job="a",status="failed",endpoint="GET /a"}': "0+1x90",
      'bedrock_tool_calls_total{job="a",status="ok",endpoint="GET /a"}': "0+1x90",
    },
    rests: {
      'bedrock_tool_calls_total{job="a",status="failed",endpoint="GET /a"}': "0+1x90",
      'bedrock_tool_calls_total{job="a",status="ok",endpoint="GET /a"}': "0+9x90",
    },
    labels: { job: "a" },
  },
  SpecchatStoreFails: {
    fires: { 'specchat_store_seconds_count{job="a",operation="write",outcome="failed"}': "0+1x90" },
    rests: { 'specchat_store_seconds_count{job="a",operation="write",outcome="failed"}': "5x90" },
    labels: { job: "a" },
  },
  SpecchatOverloaded: {
    fires: {
      'specchat_event_loop_lag_seconds_bucket{job="a",instance="i",le="0.25"}': "0x90",
      'specchat_event_loop_lag_seconds_bucket{job="a",instance="i",le="0.5"}': "0+1x90",
      'specchat_event_loop_lag_seconds_bucket{job="a",instance="i",le="+Inf"}': "0+1x90",
    },
    rests: {
      'specchat_event_loop_lag_seconds_bucket{job="a",instance="i",le="0.25"}': "0+1x90",
      'specchat_event_loop_lag_seconds_bucket{job="a",instance="i",le="+Inf"}': "0+1x90",
    },
    labels: { job: "a", instance: "i" },
  },
  SpecchatModelQueue: {
    fires: { 'specchat_model_calls_queued{job="a",model="m",region="r"}': "11x90" },
    rests: { 'specchat_model_calls_queued{job="a",model="m",region="r"}': "10x90" },
    labels: { job: "a", model: "m" },
  },
  SpecchatCost: {
    fires: { 'bedrock_chat_cost_usd_total{job="a",model="m"}': "0+0.1x90" },
    rests: { 'bedrock_chat_cost_usd_total{job="a",model="m"}': "0+0.05x90" },
    labels: { job: "a" },
  },
  SpecchatApiNotLoaded: {
    fires: { 'specchat_api_loaded{job="a",instance="i"}': "0x90" },
    rests: { 'specchat_api_loaded{job="a",instance="i"}': "1x90" },
    labels: { job: "a", instance: "i" },
  },
  SpecchatPromptsUncached: {
    fires: { 'specchat_prompt_cache_hit_ratio{job="a",model="m"}': "0.2x90" },
    // The model has no prompt cache.
    rests: { 'specchat_prompt_cache_hit_ratio{job="a",model="m"}': "0x90" },
    labels: { job: "a", model: "m" },
  },
};

describe.skipIf(promtool === null)("promtool", () => {
  test("accepts the rules and the configuration.", async () => {
    const { files: guarded } = await runDeploy("grafana", SETTINGS["ports, paths and addresses"]);
    for (const written of [files, { ...guarded, "specchat-metrics-token": "token" }]) {
      const { code, text } = await withFiles(written, (folder) =>
        runTool([String(promtool), "check", "config", `${folder}/prometheus.yaml`]),
      );
      expect([code, text]).toEqual([0, expect.stringContaining(`SUCCESS: ${ALERTS.length} rules found`)]);
    }
  });

  test("accepts every query of the dashboard, and no broken one.", async () => {
    const check = (expressions: readonly string[]) => {
      const recorded = expressions.map((expr, index) => ({
        record: `panel:query:${index}`,
        expr: expr.replaceAll("$__rate_interval", "5m").replaceAll(/\$(job|instance)/g, ".*"),
      }));
      const text = stringify({ groups: [{ name: "dashboard", rules: recorded }] });
      return withFiles({ "queries.yaml": text }, (folder) =>
        runTool([String(promtool), "check", "rules", `${folder}/queries.yaml`]),
      );
    };
    expect(await check(queries)).toMatchObject({ code: 0 });
    expect(await check(["sum by job (specchat_sessions)"])).toMatchObject({ code: 1 });
  });

  test("Every alert fires in its case and rests in another.", async () => {
    expect(Object.keys(SERIES)).toEqual(ALERTS.map(({ name }) => name));
    const tests = (["fires", "rests"] as const).map((outcome) => ({
      interval: "1m",
      input_series: Object.values(SERIES).flatMap((series) =>
        Object.entries(series[outcome]).map(([name, values]) => ({ series: name, values })),
      ),
      alert_rule_test: rules.map(({ alert, labels, annotations }) => ({
        eval_time: "90m",
        alertname: alert,
        exp_alerts:
          outcome === "fires"
            ? [{ exp_labels: { ...labels, ...SERIES[alert]?.labels }, exp_annotations: annotations }]
            : [],
      })),
    }));
    const text = stringify({ rule_files: ["specchat.rules.yaml"], evaluation_interval: "1m", tests });
    const result = await withFiles({ ...files, "tests.yaml": text }, (folder) =>
      runTool([String(promtool), "test", "rules", `${folder}/tests.yaml`]),
    );
    expect(result).toEqual({ code: 0, text: expect.stringContaining("SUCCESS") });
  });
});

/** Returns the names of a metric's samples. */
function samplesOf(name: string, type: string): readonly string[] {
  if (type === "counter") return [`${name}_total`];
  return type === "histogram" ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name];
}

/** Returns the names of metrics in an expression: words of the prefixes that specchat uses. */
function metricNames(expression: string): readonly string[] {
  // Labels of the GenAI conventions begin like its metrics.
  return [...expression.matchAll(/\b(?:specchat|bedrock|process|gen_ai_client)_\w+/g)].map(([name]) => name);
}
