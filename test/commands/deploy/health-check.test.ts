/** The health checks of containers: the command of each file, run against a server with the environment of that file. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { parse } from "yaml";
import { type Specchat, startSpecchat } from "../../support/harness.ts";
import { createScriptedModel } from "../../support/scripted-model.ts";
import { SPECCHAT } from "../../support/specchat-command.ts";
import { runDeploy, runTool } from "./run.ts";

let server: Specchat;
beforeAll(async () => {
  server = await startSpecchat({
    model: {
      ...createScriptedModel([]),
      health: async () => ({ status: "unready", problem: "No credentials.", advice: "" }),
    },
  });
});
afterAll(() => server.stop());

interface ContainerCheck {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** Reads the check of each format for the port of the server. */
async function readChecks(): Promise<Readonly<Record<"docker" | "compose" | "ecs", ContainerCheck>>> {
  const argv = ["--spec", "demo", "--port", String(server.server.port)];
  const { files } = await runDeploy("compose", { argv });
  const { specchat } = parse(files["compose.yaml"] ?? "").services;
  const [, checked = "[]"] = /^HEALTHCHECK .* CMD (.*)$/m.exec(files.Dockerfile ?? "") ?? [];
  const template = parse((await runDeploy("ecs", { argv })).files["specchat-ecs.yaml"] ?? "");
  const [container] = template.Resources.TaskDefinition.Properties.ContainerDefinitions;
  const variables: readonly { Name: string; Value: string }[] = container.Environment;
  return {
    docker: { command: JSON.parse(checked), environment: specchat.environment },
    compose: { command: specchat.healthcheck.test.slice(1), environment: specchat.environment },
    ecs: {
      command: container.HealthCheck.Command.slice(1),
      environment: Object.fromEntries(variables.map(({ Name, Value }) => [Name, Value])),
    },
  };
}

async function run({ command, environment }: ContainerCheck) {
  const [executable, ...argv] = command;
  expect(executable).toBe("/usr/local/bin/specchat");
  // The folder of data is that of the container.
  return await runTool([...SPECCHAT, ...argv], {
    ...environment,
    SPECCHAT_DATA_DIR: "/nonexistent",
  });
}

describe("health checks of containers", () => {
  test("Docker and Compose ask whether the chat can reply, ECS whether the process serves requests.", async () => {
    const checks = await readChecks();
    const results = await Promise.all([run(checks.docker), run(checks.compose), run(checks.ecs)]);
    expect(results).toEqual([
      { code: 1, text: expect.stringContaining("/readyz 503 ") },
      { code: 1, text: expect.stringContaining("/readyz 503 ") },
      { code: 0, text: `${server.url}/livez 200 {"status":"alive"}\n` },
    ]);
  });
});
