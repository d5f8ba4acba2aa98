import { describe, expect, test } from "bun:test";
import type { Commands } from "../../src/config/arguments.ts";
import { ConfigError, type LoadInput, loadConfig } from "../../src/config/load.ts";
import { DEFAULT_MODEL } from "../../src/config/settings/model.ts";

const commands: Commands = {
  serve: { description: "serve the chat" },
  tools: { description: "list the tools", flags: { json: { description: "as JSON" } } },
  call: {
    description: "send one request",
    parameters: ["tool"],
    flags: {
      args: { placeholder: "JSON", description: "arguments" },
      "dry-run": { description: "send nothing" },
    },
  },
  ask: { description: "one turn", parameters: ["question?"] },
};

interface Sources {
  environment?: LoadInput["environment"];
  files?: Readonly<Record<string, string>>;
  defaults?: LoadInput["defaults"];
}

function load(argv: readonly string[], { environment = {}, files = {}, defaults = {} }: Sources = {}) {
  return loadConfig({ argv, environment, readFile: (path) => files[path], defaults, commands });
}

function errorsOf(argv: readonly string[], input?: Sources): readonly string[] {
  try {
    load(argv, input);
  } catch (error) {
    if (error instanceof ConfigError) return error.errors;
    throw error;
  }
  return [];
}

describe("sources", () => {
  test("the declared defaults apply when nothing is set", () => {
    const { config, sources, warnings, awsEnvironment } = load([]);
    expect(config).toMatchObject({
      spec: [],
      model: DEFAULT_MODEL,
      port: 8000,
      enableUi: true,
      topP: undefined,
    });
    expect(sources.port).toEqual({ source: "default", text: "8000" });
    expect(sources.topP).toEqual({ source: "default", text: "" });
    expect({ warnings, awsEnvironment }).toEqual({ warnings: [], awsEnvironment: {} });
  });

  test("flags win over the environment, then .env, the config file and the defaults", () => {
    const layers: [string, string[], Sources][] = [
      ["default", [], { defaults: { port: 1 } }],
      ["team.yaml port", ["--config", "team.yaml"], { files: { "team.yaml": "port: 2" } }],
      [".env PORT", [], { files: { ".env": "PORT=3" } }],
      ["environment PORT", [], { environment: { PORT: "4" } }],
      ["flag --port", ["--port", "5"], {}],
    ];
    const found = layers.map((_, top) => {
      const below = layers.slice(0, top + 1);
      const { config, sources } = load(
        below.flatMap(([, argv]) => argv),
        {
          environment: Object.assign({}, ...below.map(([, , input]) => input.environment)),
          files: Object.assign({}, ...below.map(([, , input]) => input.files)),
          defaults: Object.assign({}, ...below.map(([, , input]) => input.defaults)),
        },
      );
      return [sources.port, config.port];
    });
    expect(found).toEqual(
      layers.map(([source], index) => [{ source, text: String(index + 1) }, index + 1] as const),
    );
  });

  test("the environment or .env can name the config file", () => {
    const files = { "a.json": '{"maxTokens": 7}', ".env": "SPECCHAT_CONFIG=a.json" };
    expect(load([], { files }).sources.maxTokens).toEqual({ source: "a.json maxTokens", text: "7" });
    expect(load([], { files, environment: { SPECCHAT_CONFIG: "a.json" } }).config.maxTokens).toBe(7);
  });

  test(".env.test replaces .env in a test run", () => {
    const files = { ".env": "PORT=1", ".env.test": "PORT=2" };
    for (const environment of [{ NODE_ENV: "test" }, { ENVIRONMENT: "test" }])
      expect(load([], { files, environment }).sources.port).toEqual({ source: ".env.test PORT", text: "2" });
    expect(load([], { files, environment: { NODE_ENV: "production" } }).config.port).toBe(1);
  });

  test(".env can have quotes, comments, exports and multi-line values", () => {
    const dotenv = `\uFEFF# ours\nexport PORT="81" # public\nBEDROCK_SYSTEM_PROMPT="Be kind.\nBe brief."\nLOG_LEVEL='warn'\n`;
    expect(load([], { files: { ".env": dotenv } }).config).toMatchObject({
      port: 81,
      systemPrompt: "Be kind.\nBe brief.",
      logLevel: "warning",
    });
  });

  test("an empty variable counts as unset", () => {
    const { config, sources } = load([], {
      environment: { PORT: "", ENABLE_BEDROCK_UI: " " },
      files: { ".env": "PORT=9" },
    });
    expect([config.port, sources.port.source, config.enableUi]).toEqual([9, ".env PORT", true]);
  });

  test("the first of the models is the default model unless --model is set", () => {
    const environment = { BEDROCK_MODEL_ARNS: " amazon.nova-lite-v1:0 , ,demo" };
    const { config, sources } = load([], { environment });
    expect(config).toMatchObject({
      model: "amazon.nova-lite-v1:0",
      models: ["amazon.nova-lite-v1:0", "demo"],
    });
    expect(sources.model).toEqual({
      source: "first of environment BEDROCK_MODEL_ARNS",
      text: "amazon.nova-lite-v1:0",
    });
    expect(load(["--model", "demo"], { environment }).config.model).toBe("demo");
  });

  test("lists are read in JSON form too, from every source", () => {
    const json = '["/admin", "/internal/"]';
    const expected = ["/admin", "/internal/"];
    for (const environment of [{ BEDROCK_EXCLUDED_PATHS: json }, { SPECCHAT_EXCLUDED_PATHS: ` ${json}\n` }])
      expect(load([], { environment }).config.excludedPaths).toEqual(expected);
    expect(load([], { files: { ".env": `BEDROCK_EXCLUDED_PATHS='${json}'` } }).config.excludedPaths).toEqual(
      expected,
    );
    expect(load(["--excluded-paths", json]).config.excludedPaths).toEqual(expected);
    expect(load([], { environment: { SPECCHAT_SPEC: '["a.yaml", "b=b.yaml"]' } }).config.spec).toEqual([
      "a.yaml",
      "b=b.yaml",
    ]);
    expect(load([], { environment: { SPECCHAT_EXCLUDED_TAGS: "[]" } }).config.excludedTags).toEqual([]);
    expect(load([], { environment: { SPECCHAT_EXCLUDED_TAGS: "[ab]*,x" } }).config.excludedTags).toEqual([
      "[ab]*",
      "x",
    ]);
    for (const text of ['["/admin"', "['/admin']", '["/a", 1]'])
      expect(() => load([], { environment: { BEDROCK_EXCLUDED_PATHS: text } })).toThrow(
        /^excludedPaths: .* from environment BEDROCK_EXCLUDED_PATHS is not a JSON list of texts, such as/,
      );
  });

  test("`awsEnvironment` has only the AWS variables of .env that the environment lacks", () => {
    const dotenv = [
      "AWS_ACCESS_KEY_ID=id",
      "AWS_SECRET_ACCESS_KEY=from-file",
      "AWS_SESSION_TOKEN=",
      "AWS_REGION=eu-west-1",
      "HTTPS_PROXY=http://proxy",
      "PATH=/tmp",
    ].join("\n");
    const { config, awsEnvironment } = load([], {
      environment: { AWS_SECRET_ACCESS_KEY: "from-environment" },
      files: { ".env": dotenv },
    });
    expect(config.region).toBe("eu-west-1");
    expect(awsEnvironment).toEqual({ AWS_ACCESS_KEY_ID: "id" });
  });
});

describe("names", () => {
  test("SPECCHAT_<FLAG> wins over the other variables of a setting", () => {
    const { config, warnings } = load([], { environment: { PORT: "1", SPECCHAT_PORT: "2" } });
    expect([config.port, warnings]).toEqual([
      2,
      ["port: using environment SPECCHAT_PORT=2, ignoring environment PORT=1"],
    ]);
  });

  test("two variables with different values cause one warning that names the one used", () => {
    const input = {
      environment: { ALLOWED_ORIGINS: "http://a", CORS_ORIGINS: "http://a" },
      files: { ".env": "ALLOWED_ORIGINS=http://c\nDASHBOARD_ORIGIN=http://b\n" },
    };
    expect(load([], input).warnings).toEqual([
      "allowedOrigins: using environment ALLOWED_ORIGINS=http://a, ignoring .env DASHBOARD_ORIGIN=http://b",
    ]);
    expect(load(["--allowed-origins", "http://d"], input).warnings).toEqual([]);
  });

  test("an unknown BEDROCK_ variable causes a warning with the most similar name", () => {
    const environment = {
      BEDROCK_TEMPRATURE: "1",
      BEDROCK_MAX_TOKENS: "5",
      PATH: "/bin",
    };
    expect(load([], { environment }).warnings).toEqual([
      "environment BEDROCK_TEMPRATURE: unknown setting (did you mean BEDROCK_TEMPERATURE?)",
    ]);
  });

  test("an unknown SPECCHAT_ variable causes a warning with the most similar name", () => {
    expect(load([], { environment: { SPECCHAT_PROT: "1", SPECCHATTER: "1" } }).warnings).toEqual([
      "environment SPECCHAT_PROT: unknown setting (did you mean SPECCHAT_PORT?)",
    ]);
  });

  test("keys of a config file are camelCase, kebab-case or snake_case", () => {
    const yaml = "maxTokens: 1\nmax-tool-calls: 2\nmax_sessions: 3\nport: null\n";
    const { config } = load(["--config", "c.yml"], { files: { "c.yml": yaml } });
    expect(config).toMatchObject({ maxTokens: 1, maxToolCalls: 2, maxSessions: 3, port: 8000 });
  });

  test("lists are read from lists, commas and repeated flags", () => {
    const files = {
      "c.yaml": "spec: [a.json, b.json]\nallowed_paths: /a\nexcluded_paths:\n  - /b\n  - /c\n",
    };
    expect(load(["--config", "c.yaml"], { files }).config).toMatchObject({
      spec: ["a.json", "b.json"],
      allowedPaths: ["/a"],
      excludedPaths: ["/b", "/c"],
    });
    const argv = ["--spec", "x,y.json", "--spec=-", "--allowed-paths", "/a, /b", "--allowed-paths=/c"];
    expect(load(argv, { files }).config).toMatchObject({
      spec: ["x,y.json", "-"],
      allowedPaths: ["/a", "/b", "/c"],
    });
    expect(load([], { environment: { SPECCHAT_SPEC: "a\nb" } }).config.spec).toEqual(["a", "b"]);
  });
});

describe("`apis` of a config file", () => {
  const read = (apis: string) => ({ files: { "c.yaml": `apis:\n${apis}` } });
  const argv = ["--config", "c.yaml"];

  test("sets --spec, --base-url and --api-header of each API", () => {
    const input = read(
      "  github: github.json\n  shop:\n    spec: shop.json\n    base_url: https://h\n    headers: {X-Key: a, X-Id: 5}\n",
    );
    const { config, sources } = load(argv, input);
    expect(config).toMatchObject({
      spec: ["github=github.json", "shop=shop.json"],
      baseUrl: ["shop=https://h"],
      apiHeader: ["shop=X-Key: a", "shop=X-Id: 5"],
    });
    expect(sources.spec).toEqual({ source: "c.yaml apis", text: "github=github.json, shop=shop.json" });
    expect(load([...argv, "--spec=shop=other.json", "--base-url=shop=http://x"], input).config).toMatchObject(
      {
        spec: ["shop=other.json"],
        baseUrl: ["shop=http://x"],
      },
    );
  });

  test("is refused with the allowed values", () => {
    const table: [string, string][] = [
      ["  - a.json", "expected an API as name: { spec, base_url, headers … }"],
      [
        "  Shop: a.json",
        "Shop: an API name begins with a letter and has only lower-case letters, digits, - and _",
      ],
      ["  shop: {base_url: https://h}", "shop: spec is missing"],
      [
        "  shop: {spec: a.json, url: https://h}",
        "shop: unknown key url; expected one of spec, base_url, headers, credentials, spec_headers, forward_headers, forward_cookies, client_cert, client_key, ca, overlays",
      ],
      ["  shop: {spec: [a.json]}", "the values of an API must be texts"],
    ];
    expect(table.map(([apis]) => errorsOf(argv, read(apis)))).toEqual(
      table.map(([, error]) => [`c.yaml: apis: ${error}`]),
    );
  });
});

describe("errors", () => {
  test("are all reported at once, with the setting, its source, its value and the allowed values", () => {
    const input = {
      environment: { TEMPERATURE: "hot", ENABLE_BEDROCK_UI: "perhaps" },
      files: { ".env": "BEDROCK_TIMEOUT=0", "c.yaml": "host: ''\nlog_level: loud\ncolour: red\n" },
    };
    expect(errorsOf(["--port", "70000", "--prot=1", "--config=c.yaml"], input)).toEqual([
      "unknown flag --prot (did you mean --port?)",
      "c.yaml: unknown setting colour",
      'timeout: "0" from .env BEDROCK_TIMEOUT is not a number above 0',
      'temperature: "hot" from environment TEMPERATURE is not a number from 0 to 1',
      'port: "70000" from flag --port is not a whole number from 0 to 65535',
      'host: "" from c.yaml host is not a non-empty text',
      'enableUi: "perhaps" from environment ENABLE_BEDROCK_UI is not true or false',
      'logLevel: "loud" from c.yaml log_level is not one of debug, info, warning, error, silent',
    ]);
  });

  test("never contain a secret", () => {
    const secret = "hunter2";
    const bad = errorsOf(["--api-header", `Authorization ${secret}`, secret], {
      environment: { SPECCHAT_API_HEADER: secret },
    });
    expect(bad).toEqual([
      "too many arguments; quote a value that contains spaces",
      "apiHeader: ******** from flag --api-header is not a header of the form NAME: VALUE",
    ]);
    const { config, sources } = load(["--api-header", `X-Key:  ${secret}`]);
    expect([config.apiHeader, sources.apiHeader.text]).toEqual([[`X-Key: ${secret}`], "********"]);
  });

  test("never contain the password of a URL, which stays in the setting", () => {
    const spec = "https://ada:hunter2@h/api.json";
    const { config, sources, warnings } = load(["--spec", spec]);
    expect([config.spec, sources.spec.text, warnings]).toEqual([[spec], "https://********@h/api.json", []]);
    expect(errorsOf(["--base-url", "https://ada:hunter2@h/?x"])).toEqual([
      'baseUrl: "https://********@h/?x" from flag --base-url is not an http or https URL without query, such as https://api.example.com/v1',
    ]);
  });

  test("have one line for a config file that cannot be parsed, with the position", () => {
    const read = (path: string, text: string) => errorsOf(["--config", path], { files: { [path]: text } });
    expect(read("c.yaml", "port: 1\nhost: [a\n")).toEqual([
      "c.yaml: line 3, column 1: Flow sequence in block collection must be sufficiently indented and end with a ]",
    ]);
    expect(read("c.json", '{"port":\n}')).toEqual(["c.json: line 2, column 1: value expected"]);
    expect(read("c.yaml", "- 1")).toEqual(['c.yaml: expected settings as "name: value", one per line']);
    expect(read("c.yaml", "port: {a: 1}\nmax_tokens: 1\nmax-tokens: 2\n")).toEqual([
      "c.yaml: port must be a string, a number, true, false or a list",
      "c.yaml: max-tokens and max_tokens are the same setting",
    ]);
    expect(errorsOf(["--config", "gone.yaml"])).toEqual(["config: file not found: gone.yaml"]);
    expect(read("c.yaml", "")).toEqual([]);
  });

  test("include a path that the page and the WebSocket share", () => {
    expect(errorsOf(["--ui-endpoint", "/bedrock-chat/ws"])).toEqual([
      "uiEndpoint: /bedrock-chat/ws is also the WebSocket path; set two different paths",
    ]);
  });
});
