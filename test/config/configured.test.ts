import { expect, test } from "bun:test";
import { isUnconfigured } from "../../src/config/configured.ts";
import { loadConfig } from "../../src/config/load.ts";

function ask({ argv = [], environment = {}, dotenv = "", files = [] }: Partial<Case> = {}): boolean {
  const readFile = (path: string) => (path === ".env" ? dotenv : undefined);
  return isUnconfigured(loadConfig({ argv, environment, readFile }), {
    environment,
    home: "/home/ada",
    fileExists: (path) => files.includes(path),
  });
}

interface Case {
  argv: string[];
  environment: Record<string, string>;
  dotenv: string;
  files: string[];
}

test("nothing but a port is no configuration", () => {
  expect(ask()).toBe(true);
  expect(
    ask({ argv: ["--port", "1"], environment: { AWS_PAGER: "less" }, files: ["/home/ada/.bashrc"] }),
  ).toBe(true);
});

test("a document, a model, a region, a profile, credentials or AWS files are", () => {
  const cases: Partial<Case>[] = [
    { argv: ["--spec", "a.json"] },
    { argv: ["--model", "amazon.nova-lite-v1:0"] },
    { environment: { BEDROCK_MODEL_ARNS: "amazon.nova-lite-v1:0" } },
    { environment: { AWS_DEFAULT_REGION: "eu-west-1" } },
    { dotenv: "AWS_PROFILE=team" },
    { dotenv: "AWS_ACCESS_KEY_ID=x" },
    { environment: { AWS_BEARER_TOKEN_BEDROCK: "x" } },
    { files: ["/home/ada/.aws/config"] },
  ];
  expect(cases.map(ask)).toEqual(cases.map(() => false));
});
