import { expect, test } from "bun:test";
import { readSources } from "../../ui/sources.ts";

test("`readSources()` returns each source of a search once, and none of another result", () => {
  const passages = [
    { source: "https://example.com/faq", text: "a" },
    { source: "s3://docs/a.pdf", text: "b" },
    { source: "https://example.com/faq", text: "c" },
    { text: "d" },
    null,
  ];
  expect(readSources(JSON.stringify({ passages }))).toEqual(["https://example.com/faq", "s3://docs/a.pdf"]);
  for (const other of [undefined, "", '{"passages":[', '{"passages":["a"]}', '{"items":[]}', { passages }])
    expect(readSources(other)).toEqual([]);
});
