/** Tests that credentials which an API repeats reach neither model, client, store, export nor log, and that pages are followed all the same. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { commands } from "../../src/commands/index.ts";
import { loadConfig } from "../../src/config/load.ts";
import { createLog } from "../../src/telemetry/log.ts";
import { type StandIn, startBedrock } from "../bedrock/index.ts";
import {
  createBedrockAt,
  MODEL,
  NativeClient,
  type RecordingApi,
  type Specchat,
  startApi,
  startSpecchat,
  testPorts,
} from "../support/harness.ts";

const KEY = "sk+live/9f8e7d6c5b4a==";

let folder: string;
let bedrock: StandIn;
let api: RecordingApi;
let specchat: Specchat | undefined;
let log: string[];
let respond: (request: Request) => Response | Promise<Response>;

beforeEach(async () => {
  folder = await mkdtemp(`${tmpdir()}/specchat-repeated-`);
  log = [];
  bedrock = await startBedrock();
  api = await startApi((request) => respond(request));
});

afterEach(async () => {
  await specchat?.stop();
  specchat = undefined;
  await Promise.all([bedrock.stop(), api.stop(), rm(folder, { recursive: true })]);
});

async function write(scheme: object, parameters: readonly object[] = []): Promise<void> {
  const document = {
    openapi: "3.1.0",
    info: { title: "Shop", version: "1" },
    paths: {
      "/orders": {
        get: {
          operationId: "list",
          parameters,
          security: [{ key: [] }],
          responses: { 200: { description: "ok" } },
        },
      },
    },
    components: { securitySchemes: { key: scheme } },
  };
  await Bun.write(`${folder}/spec.json`, JSON.stringify(document));
}

const settings = (...argv: string[]) => [
  ...["--spec", `${folder}/spec.json`, "--base-url", api.url, "--model", MODEL, "--debug-mode", ...argv],
];

/** Runs a turn that makes one call. Returns the result that the model reads, and everything that leaves the server. */
async function run(
  name: string,
  input: object,
  argv: readonly string[],
  headers: Record<string, string> = {},
) {
  specchat = await startSpecchat({
    argv: settings(...argv),
    model: createBedrockAt(bedrock.url),
    ports: { log: createLog({ level: "debug", now: () => new Date(), write: (line) => log.push(line) }) },
  });
  const client = await NativeClient.connect(specchat.url, headers);
  const { session_id } = await client.waitFor("connection_established");
  bedrock.script([{ calls: [{ name, input: { ...input }, id: "c" }] }, { text: "Done." }]);
  await client.runTurn("go");
  const exported = await fetch(`${specchat.url}/bedrock-chat/sessions/${session_id}/export`);
  const everything = [
    JSON.stringify(bedrock.requests.map(({ body }) => body)),
    JSON.stringify(client.frames),
    await exported.text(),
    log.join(""),
  ].join("\n");
  client.close();
  const messages = (bedrock.requests.at(-1)?.body.messages ?? []) as {
    content: { toolResult?: { content: { text?: string }[] } }[];
  }[];
  const result = messages
    .flatMap(({ content }) => content)
    .flatMap(({ toolResult }) => toolResult?.content.map(({ text = "" }) => text) ?? [])
    .join("");
  return { result, everything };
}

const IN_QUERY = { type: "apiKey", in: "query", name: "api_key" };
const page = (count: number) => Array.from({ length: count }, (_, index) => ({ id: index }));

describe("a key in the query that an API repeats", () => {
  const answers: readonly (readonly [string, () => Response, string])[] = [
    [
      "in a link",
      () => Response.json({ next: `${api.url}/orders?api_key=${encodeURIComponent(KEY)}` }),
      "api_key=***",
    ],
    [
      "in an error",
      () => new Response(`bad: /orders?api_key=${KEY}`, { status: 400 }),
      "bad: /orders?api_key=***",
    ],
    [
      "in the header Link",
      () =>
        Response.json([], {
          headers: { Link: `<${api.url}/orders?api_key=${encodeURIComponent(KEY)}>; rel="self"` },
        }),
      "api_key=***",
    ],
    [
      "in a Location that is not followed",
      () =>
        new Response(null, {
          status: 201,
          headers: { Location: `/orders/1?api_key=${encodeURIComponent(KEY)}` },
        }),
      "api_key=***",
    ],
    [
      "encoded twice",
      () =>
        Response.json({
          back: `https://x.test/?to=${encodeURIComponent(`/o?api_key=${encodeURIComponent(KEY)}`)}`,
        }),
      "api_key%3D***",
    ],
    [
      "with lower-case escapes",
      () => Response.json({ u: encodeURIComponent(KEY).toLowerCase() }),
      '{"u":"***"}',
    ],
    ["with escapes of JSON", () => new Response('{"u":"sk\\u002blive\\/9f8e7d6c5b4a\\u003d\\u003d"}'), ""],
    [
      "in HTML",
      () => new Response(`<p>key=${KEY}</p>`, { headers: { "Content-Type": "text/html" } }),
      "key=***",
    ],
    [
      "in base64",
      () => Response.json({ echo: Buffer.from(`GET /?api_key=${KEY} HTTP`).toString("base64") }),
      "***",
    ],
    [
      "in a file",
      () => new Response(`\0\u0001 ${KEY} \0`, { headers: { "Content-Type": "application/octet-stream" } }),
      "binary content",
    ],
  ];

  test.each(answers)("%s is masked before anybody reads it.", async (_place, answer, expected) => {
    await write(IN_QUERY);
    respond = answer;
    const { result, everything } = await run("list", {}, ["--api-credential", `key: ${KEY}`]);
    expect(result).toContain(expected);
    for (const form of [
      KEY,
      encodeURIComponent(KEY),
      "9f8e7d6c5b4a",
      Buffer.from(KEY.slice(3, 15)).toString("base64"),
    ])
      expect(everything).not.toContain(form);
    expect(api.requests[0]).toBe(`GET /orders?api_key=${encodeURIComponent(KEY)}`);
  });

  test("is no letter that a filter could test for.", async () => {
    await write(IN_QUERY);
    respond = () => Response.json({ next: `/orders?api_key=${KEY}` });
    const filter = "starts_with(next, '/orders?api_key=s')";
    const { result } = await run("list", { _filter: filter }, ["--api-credential", `key: ${KEY}`]);
    expect(result).toContain("false");
  });

  test.each([
    ["the parameter of the scheme", IN_QUERY, "api_key"],
    ["another parameter, which the document does not declare", { type: "http", scheme: "bearer" }, "access"],
  ])("is sent to further pages: %s.", async (_name, scheme, parameter) => {
    await write(scheme, [{ name: "page", in: "query", schema: { type: "integer" } }]);
    respond = ({ url }) => {
      const query = new URL(url).searchParams;
      const number = Number(query.get("page") ?? 1);
      if (number > 1 && query.get(parameter) !== KEY) return new Response("no", { status: 401 });
      const next = `${api.url}/orders?page=${number + 1}&${parameter}=${encodeURIComponent(KEY)}`;
      const items = page(3).map(({ id }) => ({ id: number * 10 + id, url: `/o/${id}?${parameter}=${KEY}` }));
      return Response.json({ items, next: number < 3 ? next : null });
    };
    const { result, everything } = await run("fetch_all", { tool: "list", arguments: {}, _filter: "[].id" }, [
      "--api-credential",
      `key: ${KEY}`,
    ]);
    expect(result).toContain("All of the list: 9 records from 3 pages");
    expect(result).toContain("[10,11,12,20,21,22,30,31,32]");
    expect(everything).not.toContain(KEY);
    expect(everything).not.toContain(encodeURIComponent(KEY));
  });
});

const BEARER = { type: "http", scheme: "bearer" };
const places: readonly (readonly [
  string,
  object,
  readonly string[],
  Record<string, string>,
  readonly string[],
])[] = [
  [
    "a header",
    { type: "apiKey", in: "header", name: "X-Key" },
    ["--api-credential", "key: s3cret"],
    {},
    ["s3cret"],
  ],
  [
    "a cookie",
    { type: "apiKey", in: "cookie", name: "sid" },
    ["--api-credential", "key: s3cret"],
    {},
    ["s3cret"],
  ],
  ["a bearer token", BEARER, ["--api-credential", "key: tok3n-of-mine"], {}, ["tok3n-of-mine"]],
  [
    "a password",
    { type: "http", scheme: "basic" },
    ["--api-credential", "key: ann:pa55word"],
    {},
    ["pa55word", Buffer.from("ann:pa55word").toString("base64")],
  ],
  ["a fixed header", BEARER, ["--api-header", "Authorization: Bearer fixed-t0ken"], {}, ["fixed-t0ken"]],
  [
    "a forwarded header",
    BEARER,
    ["--forward-headers", "Authorization"],
    { Authorization: "Bearer forwarded-t0ken" },
    ["forwarded-t0ken"],
  ],
  [
    "a forwarded cookie",
    BEARER,
    ["--forward-cookies", "session"],
    { Cookie: "session=abcdef123456" },
    ["abcdef123456"],
  ],
];

test.each(places)(
  "The credential of %s is masked in what the API repeats.",
  async (_place, scheme, argv, headers, secrets) => {
    await write(scheme);
    const sent: string[] = [];
    respond = (request) => {
      const received = JSON.stringify(Object.fromEntries(request.headers));
      sent.push(received);
      return Response.json({ received, words: "a plain text about a session" });
    };
    const { result, everything } = await run("list", {}, argv, headers);
    for (const secret of secrets) expect(everything).not.toContain(secret);
    expect(secrets.some((secret) => sent.join("").includes(secret))).toBe(true);
    expect(result).toContain("a plain text about a session");
  },
);

test("A token and the client's secret are masked, also when the token endpoint repeats the secret.", async () => {
  await write({ type: "oauth2", flows: { clientCredentials: { tokenUrl: `/token`, scopes: {} } } });
  let isRefused = false;
  respond = (request) => {
    if (new URL(request.url).pathname !== "/token")
      return Response.json({ auth: request.headers.get("authorization"), other: "the-secret-1" });
    return isRefused
      ? Response.json({ error: "the-secret-1" }, { status: 400 })
      : Response.json({ access_token: "fetched-t0ken", expires_in: 60 });
  };
  const argv = ["--api-credential", "key: client:the-secret-1"];
  const first = await run("list", {}, argv);
  expect(first.result).toBe('{"auth":"Bearer ***","other":"***"}');
  await specchat?.stop();
  isRefused = true;
  const second = await run("list", {}, argv);
  expect(second.result).toContain("No token for key");
  for (const secret of ["fetched-t0ken", "the-secret-1"])
    expect(first.everything + second.everything).not.toContain(secret);
});

test("Values that are no credentials stay: names of tenants, numbers, words within words.", async () => {
  await write({ type: "http", scheme: "basic" });
  const answer = { tenant: "acme-corp-1", id: 1234567, text: "testing the latest" };
  respond = () => Response.json(answer);
  const { result } = await run("list", {}, [
    ...["--api-credential", "key: ann:test", "--api-header", "X-Tenant: acme-corp-1"],
    ...["--api-header", "X-Api-Key: 1234567"],
  ]);
  expect(result).toBe(JSON.stringify(answer));
});

test("`specchat call` masks what the response repeats, and prints it with --show-secrets.", async () => {
  await write(IN_QUERY);
  respond = () =>
    Response.json({ next: `/orders?api_key=${encodeURIComponent(KEY)}` }, { headers: { "X-Echo": KEY } });
  const print = async (...flags: string[]) => {
    let out = "";
    await commands.call.run({
      loaded: loadConfig({
        argv: ["call", "list", ...settings("--api-credential", `key: ${KEY}`), ...flags],
        environment: {},
        readFile: () => undefined,
        commands: { call: commands.call.spec },
      }),
      terminal: {
        out: (text) => {
          out += text;
        },
        err: () => {},
        flush: async () => {},
      },
      ports: testPorts(),
      useDemoModel: false,
      onReload: () => {},
      stop: new AbortController().signal,
    });
    return out;
  };
  expect(await print()).not.toContain("9f8e7d6c5b4a");
  expect(await print("--show-secrets")).toContain(KEY);
});

test("The values in the query of a document's address are masked in every message.", async () => {
  const address = `${api.url}/spec.json?X-Amz-Signature=s1gnature&v2&0123456789`;
  respond = () => new Response("no", { status: 403 });
  const argv = ["--spec", address, "--overlay", `${api.url}/overlay.json?sig=0verlay`];
  const message = await startSpecchat({ argv }).then(
    () => "started",
    (error: Error) => error.message,
  );
  expect(message).toBe(
    `${api.url}/spec.json?X-Amz-Signature=***&v2&***: returned 403: access is denied; pass other credentials with --spec-header`,
  );
  const { sources } = loadConfig({ argv, environment: {}, readFile: () => undefined, commands: {} });
  expect([sources.spec.text, sources.overlay.text]).toEqual([
    `${api.url}/spec.json?X-Amz-Signature=***&v2&***`,
    `${api.url}/overlay.json?sig=***`,
  ]);
});
