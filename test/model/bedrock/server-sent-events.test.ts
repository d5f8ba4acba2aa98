import { expect, test } from "bun:test";
import fc from "fast-check";
import { EventReader } from "../../../src/model/bedrock/responses/server-sent-events.ts";

test("events are read wherever the bytes are cut", () => {
  const data = fc.array(fc.string({ unit: "grapheme" }).map((text) => JSON.stringify({ text })));
  const ends = fc.constantFrom("\n", "\r\n");
  fc.assert(
    fc.property(data, ends, fc.integer({ min: 1, max: 40 }), (events, end, size) => {
      const text = events.map((one) => `: ping${end}event: x${end}data: ${one}${end}${end}`).join("");
      const bytes = new TextEncoder().encode(text);
      const reader = new EventReader();
      const found: string[] = [];
      for (let at = 0; at < bytes.length; at += size)
        found.push(...reader.read(bytes.subarray(at, at + size)));
      expect(found).toEqual(events);
    }),
  );
});

test("several data lines are one event; fields, comments and events without data are skipped", () => {
  const text = "id: 1\ndata:a\ndata: b\n\nevent: x\n\n: c\ndata: [DONE]\n\ndata: cut";
  expect(new EventReader().read(new TextEncoder().encode(text))).toEqual(["a\nb", "[DONE]"]);
});
