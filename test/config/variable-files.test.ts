/** Variables whose value is in a file. */
import { describe, expect, test } from "bun:test";
import { type ConfigError, loadConfig } from "../../src/config/load.ts";
import { environmentNames, SETTINGS } from "../../src/config/names.ts";

const FILES: Readonly<Record<string, string>> = {
  "/run/cookie": "a-secret-of-a-file\n",
  "/run/credentials": "key: one\ntoken: two\n",
  "/run/bearer": "bedrock-api-key\r\n",
  "/run/credentials.d/SPECCHAT_COOKIE_SECRET": "a-secret-of-systemd\n",
  "/run/credentials.d/AWS_BEARER_TOKEN_BEDROCK": "bedrock-api-key\n",
  "/run/credentials.d/SPECCHAT_MAX_TOKENS": "7",
  ".env": "SPECCHAT_MAX_TOKENS=9\n",
};

function load(environment: Readonly<Record<string, string>>, files: Readonly<Record<string, string>> = {}) {
  return loadConfig({ argv: [], environment, readFile: (path) => ({ ...FILES, ...files })[path] });
}

describe("NAME_FILE", () => {
  test("The file has the value, without its last line break, and the source is the variable.", () => {
    const { config, sources, warnings } = load({
      COOKIE_SECRET_FILE: "/run/cookie",
      SPECCHAT_API_CREDENTIAL_FILE: "/run/credentials",
    });
    expect([config.cookieSecret, config.apiCredential, config.maxTokens, warnings]).toEqual([
      "a-secret-of-a-file",
      ["key: one", "token: two"],
      9,
      [],
    ]);
    expect(sources.cookieSecret).toEqual({ source: "environment COOKIE_SECRET", text: "********" });
  });

  test("The API key of Bedrock may be in a file too.", () => {
    expect(load({ AWS_BEARER_TOKEN_BEDROCK_FILE: "/run/bearer" }).awsEnvironment).toEqual({
      AWS_BEARER_TOKEN_BEDROCK: "bedrock-api-key",
    });
  });

  test("A line of .env may name a file too. The environment wins over it.", () => {
    const lines = [
      "COOKIE_SECRET_FILE=/run/cookie",
      "SPECCHAT_OIDC_CLIENT_SECRET_FILE=/run/cookie",
      "AWS_BEARER_TOKEN_BEDROCK_FILE=/run/bearer",
    ];
    const files = { ".env": lines.join("\n") };
    const { awsEnvironment, config, sources, warnings } = load(
      { COOKIE_SECRET: "of-the-environment" },
      files,
    );
    expect([config.cookieSecret, config.oidcClientSecret, sources.oidcClientSecret.source]).toEqual([
      "of-the-environment",
      "a-secret-of-a-file",
      ".env SPECCHAT_OIDC_CLIENT_SECRET",
    ]);
    expect(awsEnvironment).toEqual({ AWS_BEARER_TOKEN_BEDROCK: "bedrock-api-key" });
    expect(warnings.filter((text) => text.includes("_FILE"))).toEqual([]);
    expect(() => load({}, { ".env": "SPECCHAT_JWT_KEY_FILE=/run/none" })).toThrow(
      "SPECCHAT_JWT_KEY_FILE: cannot read the file /run/none",
    );
  });

  test("An empty variable counts as unset, and files of the AWS SDK are left alone.", () => {
    const environment = { COOKIE_SECRET_FILE: "", AWS_WEB_IDENTITY_TOKEN_FILE: "/run/token" };
    expect(load(environment).config.cookieSecret).toBeUndefined();
  });

  test("A file that is missing, and a variable that is set twice, are errors.", () => {
    let problem: ConfigError | undefined;
    try {
      load({
        SPECCHAT_COOKIE_SECRET_FILE: "/run/none",
        SPECCHAT_JWT_SECRET: "another-secret-of-the-test",
        SPECCHAT_JWT_SECRET_FILE: "/run/cookie",
      });
    } catch (error) {
      problem = error as ConfigError;
    }
    expect(problem?.errors).toEqual([
      "SPECCHAT_COOKIE_SECRET_FILE: cannot read the file /run/none",
      "SPECCHAT_JWT_SECRET_FILE: SPECCHAT_JWT_SECRET is set too; unset one of them",
    ]);
  });
});

describe("CREDENTIALS_DIRECTORY", () => {
  const CREDENTIALS_DIRECTORY = "/run/credentials.d";

  test("A secret is a credential of systemd; what is no secret is not read there.", () => {
    const { awsEnvironment, config, sources } = load({ CREDENTIALS_DIRECTORY });
    expect([config.cookieSecret, awsEnvironment, config.maxTokens]).toEqual([
      "a-secret-of-systemd",
      { AWS_BEARER_TOKEN_BEDROCK: "bedrock-api-key" },
      9,
    ]);
    expect(sources.cookieSecret.text).toBe("********");
  });

  test("A unit may name the file of a credential too.", () => {
    const path = `${CREDENTIALS_DIRECTORY}/SPECCHAT_COOKIE_SECRET`;
    const { config } = load({ CREDENTIALS_DIRECTORY, SPECCHAT_COOKIE_SECRET_FILE: path });
    expect(config.cookieSecret).toBe("a-secret-of-systemd");
  });

  test("Every secret setting can be one.", () => {
    const secrets = SETTINGS.flatMap(([name, { secret }]) => (secret ? environmentNames(name) : []));
    const asked: string[] = [];
    const readFile = (path: string) => void asked.push(path);
    loadConfig({ argv: [], environment: { CREDENTIALS_DIRECTORY }, readFile });
    expect(asked).toEqual(expect.arrayContaining(secrets.map((name) => `${CREDENTIALS_DIRECTORY}/${name}`)));
  });

  test.each([{ SPECCHAT_COOKIE_SECRET: "another" }, { SPECCHAT_COOKIE_SECRET_FILE: "/run/cookie" }])(
    "A secret that %p sets too is an error.",
    (environment) => {
      expect(() => load({ CREDENTIALS_DIRECTORY, ...environment })).toThrow(
        "credential SPECCHAT_COOKIE_SECRET: SPECCHAT_COOKIE_SECRET is set too; unset one of them",
      );
    },
  );
});
