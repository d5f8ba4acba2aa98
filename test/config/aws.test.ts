import { expect, test } from "bun:test";
import { isAwsConfigured } from "../../src/config/aws.ts";
import { loadConfig } from "../../src/config/load.ts";

interface Case {
  argv: string[];
  environment: Record<string, string>;
  dotenv: string;
  files: string[];
}

function detect({ argv = [], environment = {}, dotenv = "", files = [] }: Partial<Case>): boolean {
  const readFile = (path: string) => (path === ".env" ? dotenv : undefined);
  return isAwsConfigured(loadConfig({ argv, environment, readFile }), {
    environment,
    home: "/home/ada",
    fileExists: (path) => files.includes(path),
  });
}

test("`isAwsConfigured()` returns false for variables and files that are not about credentials", () => {
  const cases: Partial<Case>[] = [
    {},
    { argv: ["--port", "1", "--spec", "a.json"] },
    { environment: { AWS_PAGER: "less", AWS_ACCESS_KEY_ID: "" }, files: ["/home/ada/.bashrc"] },
  ];
  expect(cases.map(detect)).toEqual(cases.map(() => false));
});

test("`isAwsConfigured()` returns true for a model, a region, a profile, credentials and AWS files", () => {
  const cases: Partial<Case>[] = [
    { argv: ["--model", "amazon.nova-lite-v1:0"] },
    { argv: ["--bedrock-endpoint", "http://127.0.0.1:1"] },
    { environment: { BEDROCK_FALLBACK_MODEL: "amazon.nova-lite-v1:0" } },
    { environment: { BEDROCK_MODEL_ARNS: "amazon.nova-lite-v1:0" } },
    { environment: { AWS_DEFAULT_REGION: "eu-west-1" } },
    { dotenv: "AWS_PROFILE=team" },
    { dotenv: "AWS_ACCESS_KEY_ID=x" },
    { environment: { AWS_BEARER_TOKEN_BEDROCK: "x" } },
    { files: ["/home/ada/.aws/config"] },
  ];
  expect(cases.map(detect)).toEqual(cases.map(() => true));
});
