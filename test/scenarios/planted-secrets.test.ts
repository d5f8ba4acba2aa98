/** Every secret is planted, the server is kept busy, and everything that it wrote or sent is searched. */
import { beforeAll, describe, expect, test } from "bun:test";
import { SETTINGS } from "../../src/config/names.ts";
import { REDIS_SERVER } from "../store/redis/redis-server.ts";
import {
  ANSWER,
  type Outside,
  type PlantedRun,
  type PlantedStore,
  runWithSecrets,
  SECRETS,
  type SecretName,
} from "../support/planted-server.ts";

/** A secret as it stands, and encoded in the ways of URLs, JSON and headers. */
function formsOf(secret: string): readonly string[] {
  return [
    secret,
    // A password in basic authentication.
    btoa(`team:${secret}`),
    encodeURIComponent(secret),
    encodeURIComponent(secret).toLowerCase(),
    secret.replaceAll("/", "\\/"),
    Buffer.from(secret).toString("base64").replace(/=+$/, ""),
    Buffer.from(secret).toString("hex"),
  ];
}

/** What every planted secret begins with, in each form. */
const BEGINNINGS = ["planted", "cGxhbnRlZ", "dGVhbTpwbGFud", "706c616e746564"];

const contains = (text: string, secret: string) => formsOf(secret).some((form) => text.includes(form));

/** Returns the names of the secrets in a text. */
function find(text: string, { issued }: PlantedRun): readonly string[] {
  // Most texts have none: the forms of each secret are searched for only where there may be one.
  const isSuspect = BEGINNINGS.some((beginning) => text.includes(beginning));
  const planted = isSuspect ? Object.entries(SECRETS) : [];
  return [...planted, ...Object.entries(issued)]
    .filter(([, secret]) => contains(text, secret))
    .map(([name]) => name);
}

/** The places that every run fills. */
const PLACES = [
  ...["clients' answers", "metrics", "exports", "pages", "model", "log", "traces", "audit log"],
  ...["data folder", "store"],
];
/** The places that the first run fills too. */
const COMMANDS = ["commands", "doctor"];
/** Where an answer of the API is beside the clients: in the conversation, and in traces with --trace-content. */
const HOLDERS = ["clients' answers", "exports", "model", "traces"];
const STORES: readonly (readonly [PlantedStore, string])[] = [
  ["sqlite", "data folder"],
  ...(REDIS_SERVER === null ? [] : [["redis", "store"] as const]),
  ["dynamodb", "store"],
];

describe.each(STORES)("With the store %s:", (store, stored) => {
  let run: PlantedRun;
  beforeAll(async () => {
    run = await runWithSecrets(store);
  }, 60_000);

  test("Every place was filled.", () => {
    const { places } = run;
    const expected = store === "sqlite" ? [...PLACES, ...COMMANDS] : PLACES;
    expect(Object.keys(places).toSorted()).toEqual(expected.toSorted());
    expect(places.metrics).toContain("specchat_");
    expect(places.traces).toContain("execute_tool");
    expect(places["audit log"]?.match(/"event":"tool_call"/g)?.length).toBeGreaterThan(50);
    expect(places["audit log"]).toContain('"event":"denied"');
    expect(places["audit log"]).toContain('"authentication":"oidc"');
    expect(places.log).toContain("turn");
    if (store !== "sqlite") return;
    expect(places.doctor).toContain("--metrics-token");
    expect(places.commands).toContain("apiHeader");
  });

  test("No secret is in any of them.", () => {
    const found = Object.entries(run.places).flatMap(([place, text]) =>
      find(text, run).map((name) => `${name} in ${place}`),
    );
    expect(found).toEqual([]);
  });

  test("An answer is in the conversation and in traces with --trace-content, but not in log, metrics and audit log.", () => {
    const holders = PLACES.filter((place) => run.places[place]?.includes(ANSWER));
    expect(holders.toSorted()).toEqual([...HOLDERS, stored].toSorted());
  });

  test("Each outside system received its own secrets, and no other.", () => {
    const belongs: Record<Outside, readonly SecretName[]> = {
      api: ["apiCredential", "apiHeader", "forwarded", "apiQuery", "apiPassword", "personal"],
      documents: ["specHeader", "specQuery"],
      mcp: ["mcpHeader", "mcpQuery"],
      collector: ["traceHeader", "traceQuery"],
    };
    const found = Object.fromEntries(
      Object.entries(run.received).map(([name, requests]) => [name, find(requests.join("\n"), run)]),
    );
    expect(found).toEqual(belongs as never);
  });

  test("Every secret setting is planted.", () => {
    const flagOf = (name: string) => `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    const flags = SETTINGS.filter(([, { secret }]) => secret).map(([name]) => flagOf(name));
    // The server of the sign-in adds the secret of its client.
    const planted = [...run.argv, "--oidc-client-secret"];
    expect(flags.filter((flag) => !planted.includes(flag))).toEqual([]);
  });
});
