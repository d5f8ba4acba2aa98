import { expect, test } from "bun:test";
import { startBedrock } from "../../bedrock/index.ts";
import { NativeClient, startSpecchat } from "../../support/harness.ts";
import { createPatientBedrock } from "./front-door.ts";

test("where one call may run at a time, the others' sockets are told their place, and all are answered in turn", async () => {
  const bedrock = await startBedrock();
  const specchat = await startSpecchat({
    model: createPatientBedrock(bedrock.url, { maxConcurrentRequests: 1 }),
  });
  const open = Promise.withResolvers<void>();
  bedrock.script((_, index) => ({ text: `Answer ${index}.`, beforeEvent: () => open.promise }));
  const clients: NativeClient[] = [];
  for (let place = 0; place < 4; place++) {
    const client = await NativeClient.connect(specchat.url);
    await client.waitFor("connection_established");
    client.send({ message: `question ${place}` });
    if (place > 0) {
      const told = await client.waitFor("notice");
      expect(told).toMatchObject({
        code: "queued",
        message:
          place === 1
            ? "High traffic: your request is next in the queue."
            : `High traffic: your request is number ${place} in the queue.`,
      });
    } else while (bedrock.requests.length === 0) await Bun.sleep(1);
    clients.push(client);
  }
  open.resolve();
  const answers = await Promise.all(
    clients.map(async (client) => (await client.waitFor("ai_response")).message),
  );
  expect(answers).toEqual(["Answer 0.", "Answer 1.", "Answer 2.", "Answer 3."]);
  for (const client of clients) client.close();
  await specchat.stop();
  await bedrock.stop();
});
