import { afterEach, beforeEach, expect, test } from "bun:test";
import {
  NativeClient,
  type RecordingApi,
  type Specchat,
  startApi,
  startSpecchat,
} from "../support/harness.ts";
import { createScriptedModel, replyWithCalls, replyWithText } from "../support/scripted-model.ts";

let apis: RecordingApi[];
let specchat: Specchat;
let received: Record<string, string | null>[];

beforeEach(async () => {
  received = [];
  apis = await Promise.all(
    ["north", "south"].map((name) =>
      startApi((request) => {
        received.push({
          api: name,
          key: request.headers.get("x-key"),
          session: request.headers.get("cookie"),
        });
        return Response.json({ from: name });
      }),
    ),
  );
});

afterEach(async () => {
  await specchat.stop();
  await Promise.all(apis.map((api) => api.stop()));
});

test("several APIs get prefixed names on conflicts, and their own base URLs and credentials", async () => {
  const [north, south] = apis as [RecordingApi, RecordingApi];
  const shop = `${import.meta.dir}/../fixtures/other-things.yaml`;
  const model = createScriptedModel([
    replyWithCalls(
      ["a", "north_getThing", { id: "1" }],
      ["b", "south_getThing", { id: "2" }],
      ["c", "countThings", {}],
    ),
    replyWithText("Done"),
  ]);
  specchat = await startSpecchat({
    argv: [
      ...["--spec", `north=${north.spec}`, "--base-url", `north=${north.url}`],
      ...["--spec", `south=${shop}`, "--base-url", `south=${south.url}/v2`],
      ...[
        "--api-header",
        "north=X-Key: n",
        "--api-header",
        "south=X-Key: s",
        "--forward-cookies",
        "south=session",
      ],
    ],
    model,
  });
  const names = specchat.app.apis.current.toolbox.tools.map(({ name }) => name);
  expect(names).toEqual(["listThings", "createThing", "north_getThing", "south_getThing", "countThings"]);

  const client = await NativeClient.connect(specchat.url, { Cookie: "session=abc" });
  const frames = await client.runTurn("go");
  expect(frames.filter(({ type }) => type === "tool_result")).toMatchObject([
    { name: "north_getThing", status: "ok" },
    { name: "south_getThing", status: "ok" },
    { name: "countThings", status: "ok" },
  ]);
  expect(north.requests).toEqual(["GET /things/1"]);
  expect([...south.requests].sort()).toEqual(["GET /v2/things/2", "GET /v2/things/count"]);
  expect(received.filter(({ api }) => api === "north")).toEqual([{ api: "north", key: "n", session: null }]);
  expect(received.filter(({ api }) => api === "south")).toEqual([
    { api: "south", key: "s", session: "session=abc" },
    { api: "south", key: "s", session: "session=abc" },
  ]);
  client.close();
});
