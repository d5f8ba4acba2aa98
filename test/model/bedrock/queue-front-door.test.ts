import { expect, test } from "bun:test";
import { startBedrock } from "../../bedrock/index.ts";
import { NativeClient, startSpecchat } from "../../support/harness.ts";
import { createPatientBedrock } from "./front-door.ts";

test("waiting sockets receive their queue position and are served in order", async () => {
  const bedrock = await startBedrock();
  const specchat = await startSpecchat({
    model: createPatientBedrock(bedrock.url, { maxConcurrentRequests: 1 }),
  });
  const open = Promise.withResolvers<void>();
  bedrock.script((_, index) => ({ text: `Answer ${index}.`, beforeEvent: () => open.promise }));
  const clients: NativeClient[] = [];
  for (let position = 0; position < 4; position++) {
    const client = await NativeClient.connect(specchat.url);
    await client.waitFor("connection_established");
    client.send({ message: `question ${position}` });
    if (position > 0) {
      const notice = await client.waitFor("notice");
      expect(notice).toMatchObject({
        code: "queued",
        message:
          position === 1
            ? "High traffic: your request is next in the queue."
            : `High traffic: your request is number ${position} in the queue.`,
      });
    } else while (bedrock.requests.length === 0) await Bun.sleep(1);
    clients.push(client);
  }
  open.resolve();
  const replies = await Promise.all(
    clients.map(async (client) => (await client.waitFor("ai_response")).message),
  );
  expect(replies).toEqual(["Answer 0.", "Answer 1.", "Answer 2.", "Answer 3."]);
  for (const client of clients) client.close();
  await specchat.stop();
  await bedrock.stop();
});
