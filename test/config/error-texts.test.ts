import { afterEach, expect, test } from "bun:test";
import { ACCESS_DENIED, type Failure, type StandIn, startBedrock, THROTTLED } from "../bedrock/index.ts";
import { createBedrockAt, NativeClient, type Specchat, startSpecchat } from "../support/harness.ts";

let bedrock: StandIn;
let specchat: Specchat;
afterEach(() => Promise.all([specchat.stop(), bedrock.stop()]));

const BROKEN: Failure = {
  error: { status: 400, type: "ModelErrorException", message: "It broke." },
};

test.each([
  ["throttled", THROTTLED, "Come back at noon."],
  ["access_denied", ACCESS_DENIED, "Ask Kim for access."],
  ["model_unavailable", BROKEN, "Call 555."],
])("%s has the message of its setting, and the log has the cause", async (code, failure, message) => {
  bedrock = await startBedrock();
  bedrock.script(() => failure);
  specchat = await startSpecchat({
    model: createBedrockAt(bedrock.url),
    argv: ["--busy-text", "Come back at noon.", "--denied-text", "Ask Kim for access."],
    environment: { SPECCHAT_TROUBLE_TEXT: "Call 555." },
  });
  const client = await NativeClient.connect(specchat.url);
  await client.next();
  expect((await client.runTurn("hi")).at(-1)).toMatchObject({ type: "error", code, message });
  expect(specchat.log.join("\n")).toContain(failure.error.message);
  client.close();
});
