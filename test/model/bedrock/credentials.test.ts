import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { type StandIn, startBedrock } from "../../bedrock/index.ts";

// Each probe starts a process and loads the SDK.
setDefaultTimeout(30_000);

let bedrock: StandIn;
let home: string;
beforeAll(async () => {
  bedrock = await startBedrock();
  bedrock.script(() => ({ text: "hi" }));
  home = await mkdtemp(`${tmpdir()}/specchat-credentials-`);
  const config = `[profile expired]
sso_session = company
sso_account_id = 123456789012
sso_role_name = developer
[sso-session company]
sso_region = us-east-1
sso_start_url = https://example.awsapps.com/start
`;
  await Bun.write(`${home}/.aws/config`, config);
  await Bun.write(
    `${home}/.aws/credentials`,
    "[keys]\naws_access_key_id = AKIDPROFILE\naws_secret_access_key = secret\n",
  );
});
afterAll(async () => {
  await bedrock.stop();
  await rm(home, { recursive: true });
});

/** Returns the health of a process with this environment, and the outcome of one call. */
async function probe(environment: Readonly<Record<string, string>>, ...profile: readonly string[]) {
  const child = Bun.spawn(
    [process.execPath, `${import.meta.dir}/credentials-probe.ts`, bedrock.url, ...profile],
    {
      env: { HOME: home, AWS_EC2_METADATA_DISABLED: "true", ...environment },
      stdout: "pipe",
    },
  );
  return await new Response(child.stdout).json();
}

function authorization(): string {
  return bedrock.requests.at(-1)?.headers.get("authorization") ?? "";
}

test("without credentials, the health check and a call advise what to provide", async () => {
  const advice = expect.stringContaining("Provide AWS credentials");
  expect(await probe({})).toEqual({
    health: {
      status: "unready",
      problem: "CredentialsError: Could not load credentials from any providers",
      advice,
    },
    code: "access_denied",
    detail: advice,
  });
});

test("a bearer key is sufficient, also for the health check", async () => {
  expect(await probe({ AWS_BEARER_TOKEN_BEDROCK: "ABSKexample" })).toEqual({
    health: { status: "ready" },
    end: "end",
  });
  expect(authorization()).toBe("Bearer ABSKexample");
});

test("keys of the environment sign requests", async () => {
  const keys = { AWS_ACCESS_KEY_ID: "AKIDENVIRONMENT", AWS_SECRET_ACCESS_KEY: "secret" };
  expect(await probe(keys)).toEqual({ health: { status: "ready" }, end: "end" });
  expect(authorization()).toStartWith("AWS4-HMAC-SHA256 Credential=AKIDENVIRONMENT/");
});

test("a bearer key and keys of a profile are used for the Responses API too, on both endpoints", async () => {
  for (const id of ["us.openai.gpt-5.6-luna", "google.gemma-4-31b"]) {
    const ready = { health: { status: "ready" }, end: "end" };
    expect(await probe({ AWS_BEARER_TOKEN_BEDROCK: "ABSKexample" }, "", id)).toEqual(ready);
    expect(authorization()).toBe("Bearer ABSKexample");
    expect(await probe({}, "keys", id)).toEqual(ready);
    expect(authorization()).toStartWith("AWS4-HMAC-SHA256 Credential=AKIDPROFILE/");
    expect(bedrock.requests.at(-1)).toMatchObject({ modelId: id, refusal: undefined });
  }
});

test("keys of a profile sign requests, and a missing profile is named", async () => {
  expect(await probe({}, "keys")).toEqual({ health: { status: "ready" }, end: "end" });
  expect(authorization()).toStartWith("AWS4-HMAC-SHA256 Credential=AKIDPROFILE/");
  expect(await probe({}, "nowhere")).toMatchObject({
    health: { advice: expect.stringContaining("profile nowhere provided no credentials") },
    code: "access_denied",
  });
});

test("an expired SSO sign-in advises the command that renews it", async () => {
  expect(await probe({}, "expired")).toMatchObject({
    health: { advice: "The sign-in has expired: run `aws sso login --profile expired`." },
    code: "access_denied",
  });
});
