import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { METRICS, type MetricDeclaration } from "../../../src/telemetry/metrics/declarations.ts";
import { writeMetrics } from "../../../src/telemetry/metrics/exposition.ts";
import { MetricRegistry } from "../../../src/telemetry/metrics/registry.ts";
import { createTelemetry } from "../../../src/telemetry/telemetry.ts";
import {
  NativeClient,
  type RecordingApi,
  type Specchat,
  startApi,
  startSpecchat,
} from "../../support/harness.ts";
import { createScriptedModel, replyWithCalls, replyWithText } from "../../support/scripted-model.ts";
import { startCollector } from "../collector.ts";
import { findConventionViolations } from "./conventions.ts";
import { type ParsedFamily, parseMetrics } from "./parse-metrics.ts";

const OPENMETRICS = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5";
const declarations: readonly MetricDeclaration[] = Object.values(METRICS);

describe("A server", () => {
  let api: RecordingApi;
  let specchat: Specchat;
  let collector: ReturnType<typeof startCollector>;
  beforeAll(async () => {
    api = await startApi();
    collector = startCollector();
    specchat = await startSpecchat({
      argv: ["--spec", api.spec, "--base-url", api.url, "--phoenix-endpoint", collector.url],
      model: createScriptedModel([
        replyWithCalls(["c1", "getThing", { id: "5" }], ["c2", "getThing", { id: "404" }]),
        [{ type: "notice", code: "retrying", message: "Again." }, ...replyWithText("Done.")],
      ]),
      ports: { usage: () => ({ residentBytes: 5e7, heapBytes: 1e7, cpuSeconds: 1.5, startedAt: 1.7e9 }) },
    });
    const client = await NativeClient.connect(specchat.url);
    await client.runTurn("hi");
  });
  afterAll(async () => {
    await specchat.stop();
    await Promise.all([api.stop(), collector.stop()]);
  });

  async function scrape(accept?: string, url = specchat.url): Promise<ReadonlyMap<string, ParsedFamily>> {
    const response = await fetch(`${url}/metrics`, accept === undefined ? {} : { headers: { accept } });
    const type = response.headers.get("content-type") ?? "";
    const format = type.startsWith("application/openmetrics-text; version=1.0.0")
      ? "openmetrics"
      : "prometheus";
    expect(format).toBe(accept === undefined ? "prometheus" : "openmetrics");
    return parseMetrics(await response.text(), format);
  }

  test("Both formats are valid and have every metric with its type, its meaning and its labels.", async () => {
    for (const accept of [undefined, OPENMETRICS]) {
      const families = await scrape(accept);
      expect([...families].map(([name, { type, help }]) => ({ name, type, help }))).toEqual(
        declarations.map(({ name, type, help }) => ({ name, type, help })),
      );
      for (const { name, labels } of declarations)
        for (const sample of families.get(name)?.samples ?? []) {
          const { le: _, ...others } = sample.labels;
          expect(Object.keys(others)).toEqual([...labels]);
        }
    }
  });

  test("A turn is in the figures of models, tools, the store, HTTP, sessions and the process.", async () => {
    const families = await scrape();
    const figure = (name: string, labels: Readonly<Record<string, string>> = {}) =>
      families
        .get(name.replace(/_(total|count)$/, ""))
        ?.samples.find(
          (sample) =>
            sample.name === name &&
            Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
        )?.value;
    const { modelId } = specchat.app;
    expect({
      calls: figure("specchat_model_calls_total", { model: modelId, outcome: "tool_use" }),
      rounds: figure("specchat_turn_rounds_count"),
      retries: figure("specchat_model_retries_total", { model: modelId }),
      firstTokens: figure("gen_ai_client_operation_time_to_first_chunk_seconds_count", {
        gen_ai_response_model: modelId,
      }),
      tools: figure("specchat_tool_call_seconds_count", { status: "ok" }),
      failedTools: figure("bedrock_tool_calls_total", { endpoint: "GET /things/{id}", status: "failed" }),
      acquired: figure("specchat_store_seconds_count", { operation: "acquire", outcome: "ok" }),
      upgrades: figure("specchat_http_requests_total", { route: "/bedrock-chat/ws", status: "101" }),
      sockets: figure("specchat_sockets"),
      sessions: figure("specchat_sessions"),
      running: figure("specchat_turns_running"),
      waiting: figure("specchat_approvals_waiting"),
      loaded: figure("specchat_api_loaded"),
      memory: figure("process_resident_memory_bytes"),
      cpu: figure("process_cpu_seconds_total"),
      version: figure("specchat_build_info", { version: specchat.app.version }),
    }).toEqual({
      calls: 1,
      rounds: 1,
      retries: 1,
      firstTokens: 2,
      tools: 1,
      failedTools: 1,
      acquired: 1,
      upgrades: 1,
      sockets: 1,
      sessions: 1,
      running: 0,
      waiting: 0,
      loaded: 1,
      memory: 5e7,
      cpu: 1.5,
      version: 1,
    });
  });

  test("Metrics of the GenAI conventions have their names, units, labels, values and buckets.", async () => {
    for (const accept of [undefined, OPENMETRICS])
      expect(findConventionViolations(await scrape(accept))).toEqual([]);
    const families = await scrape();
    const tokens = families.get("gen_ai_client_token_usage")?.samples ?? [];
    expect(
      tokens
        .filter(({ name }) => name.endsWith("_count"))
        .map(({ labels, value }) => [labels.gen_ai_token_type, value]),
    ).toEqual([
      ["input", 2],
      ["output", 2],
    ]);
  });

  test("OpenMetrics has exemplars with the id of a trace that is exported.", async () => {
    const families = await scrape(OPENMETRICS);
    const exemplars = families
      .get("bedrock_chat_response_seconds")
      ?.samples.flatMap(({ exemplar }) => exemplar ?? []);
    expect(exemplars).toEqual([
      {
        labels: { trace_id: expect.stringMatching(/^[\da-f]{32}$/) },
        value: expect.any(Number),
        at: expect.any(Number),
      },
    ]);
    while (collector.spans.length === 0) await Bun.sleep(5);
    expect(collector.spans.map(({ traceId }) => traceId)).toContain(exemplars?.[0]?.labels.trace_id ?? "");
  });
});

test("`--metrics-port` serves metrics and health checks, under every Host of an open server, and the other port has no metrics.", async () => {
  const specchat = await startSpecchat({
    useDemoModel: true,
    argv: ["--metrics-port", "0", "--host", "0.0.0.0", "--allow-unauthenticated"],
  });
  const { metricsUrl = "" } = specchat.server;
  const status = async (url: string) => (await fetch(url, { headers: { Host: "10.1.2.3:9090" } })).status;
  expect({
    metrics: await status(`${metricsUrl}/metrics`),
    probes: await Promise.all(
      ["livez", "readyz", "startupz", "health"].map((name) => status(`${metricsUrl}/${name}`)),
    ),
    chat: await status(`${metricsUrl}/bedrock-chat/ui`),
    other: (await fetch(`${specchat.url}/metrics`)).status,
  }).toEqual({ metrics: 200, probes: [200, 200, 200, 200], chat: 403, other: 404 });
  await specchat.stop();
});

test("Models and operations beyond the limit are counted as `other`.", () => {
  const registry = new MetricRegistry();
  for (let index = 0; index < 1200; index++) {
    registry.add("toolCalls", { endpoint: `GET /things/${index}`, status: "ok" });
    registry.add("cost", { model: `model-${index}` }, 0.5);
  }
  const families = parseMetrics(writeMetrics(registry.families(), "openmetrics"), "openmetrics");
  const of = (name: string) => families.get(name)?.samples.map(({ value }) => value);
  expect(of("bedrock_tool_calls")).toEqual([...Array.from({ length: 200 }, () => 1), 1000]);
  expect(of("bedrock_chat_cost_usd")).toEqual([...Array.from({ length: 50 }, () => 0.5), 575]);
});

test("Labels of any content keep the text valid.", () => {
  const registry = new MetricRegistry();
  const names = [
    'quote " and } brace',
    "back\\slash\\n",
    "line\nbreak",
    "",
    "ümlaut 🎈",
    `long ${"x".repeat(500)}`,
  ];
  for (const endpoint of names) registry.add("toolCalls", { endpoint, status: "ok" });
  for (const format of ["prometheus", "openmetrics"] as const) {
    const samples = parseMetrics(writeMetrics(registry.families(), format), format).get(
      "bedrock_tool_calls",
    )?.samples;
    expect(samples?.slice(0, 5).map(({ labels }) => labels.endpoint ?? "")).toEqual(names.slice(0, 5));
    expect(samples?.[5]?.labels.endpoint).toHaveLength(200);
  }
});

test("The share of cached input tokens is of all input tokens of a model.", () => {
  const telemetry = createTelemetry({ now: () => new Date(0), cost: () => null });
  const usage = { inputTokens: 10, outputTokens: 5, cacheReadTokens: 60, cacheWriteTokens: 30 };
  const owner = { session: "s" as never, caller: "c" as never };
  telemetry.recordUsage([{ model: "m", usage }], owner);
  const families = parseMetrics(telemetry.metrics(null).text, "prometheus");
  expect(families.get("specchat_prompt_cache_hit_ratio")?.samples).toEqual([
    { name: "specchat_prompt_cache_hit_ratio", labels: { model: "m" }, value: 0.6 },
  ]);
});

test("The manual has every metric with its type, its labels and its meaning.", async () => {
  const manual = await readFile(`${import.meta.dir}/../../../src/manual/observability.md`, "utf8");
  const rows = declarations.map(({ name, type, help, labels }) => {
    const sample = type === "counter" ? `${name}_total` : name;
    return `| \`${sample}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(", ")} | ${help.replace(/\.$/, "")} |`;
  });
  expect(manual).toContain(rows.join("\n"));
});
