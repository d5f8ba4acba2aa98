import { expect, test } from "bun:test";
import { capabilitiesOf } from "../../src/model/capabilities.ts";

/**
 * The data that AWS publishes, transcribed independently of the capabilities table. Columns: id; system prompt and stop
 * sequences, y or n; tools, s(treaming), w(ithout streaming) or n(one); tool choices; files; minimum of cached tokens;
 * context and output in thousands of tokens; price of input/output/cache read/cache write.
 */
const PUBLISHED = `
anthropic.claude-3-haiku-20240307-v1:0        y y s auto,any,tool  image,document -     200 4.096   .25/1.25
anthropic.claude-3-sonnet-20240229-v1:0       y y s auto,any,tool  image,document -     200 4.096   3/15
us.anthropic.claude-3-opus-20240229-v1:0      y y s auto,any,tool  image,document -     200 4.096   15/75
anthropic.claude-3-5-sonnet-20240620-v1:0     y y s auto,any,tool  image,document -     200 8.192   3/15/.3/3.75
us.anthropic.claude-3-5-sonnet-20241022-v2:0  y y s auto,any,tool  image,document -     200 8.192   3/15/.3/3.75
us.anthropic.claude-3-5-haiku-20241022-v1:0   y y s auto,any,tool  document       2048  200 8.192   .8/4/.08/1
us.anthropic.claude-3-7-sonnet-20250219-v1:0  y y s auto,any,tool  image,document 1024  200 64      3/15/.3/3.75
us.anthropic.claude-sonnet-4-20250514-v1:0    y y s auto,any,tool  image,document 1024  200 64      3/15/.3/3.75
us.anthropic.claude-opus-4-20250514-v1:0      y y s auto,any,tool  image,document 1024  200 32      15/75/1.5/18.75
us.anthropic.claude-opus-4-1-20250805-v1:0    y y s auto,any,tool  image,document 1024  200 32      15/75/1.5/18.75
us.anthropic.claude-sonnet-4-5-20250929-v1:0  y y s auto,any,tool  image,document 1024  200 64      3/15/.3/3.75
us.anthropic.claude-haiku-4-5-20251001-v1:0   y y s auto,any,tool  image,document 4096  200 64      1/5/.1/1.25
us.anthropic.claude-opus-4-5-20251101-v1:0    y y s auto,any,tool  image,document 4096  200 64      5/25/.5/6.25
us.anthropic.claude-sonnet-4-6                y y s auto,any,tool  image,document 2048  1000 64     3/15/.3/3.75
us.anthropic.claude-opus-4-6-v1               y y s auto,any,tool  image,document 4096  1000 128    5/25/.5/6.25
us.anthropic.claude-opus-4-7                  y y s auto,any,tool  image,document 2048  1000 128    5/25/.5/6.25
us.anthropic.claude-opus-4-8                  y y s auto,any,tool  image,document 1024  1000 128    5/25/.5/6.25
us.anthropic.claude-opus-5                    y y s auto,any,tool  image,document 512   1000 128    5/25/.5/6.25
us.anthropic.claude-sonnet-5                  y y s auto,any,tool  image,document 1024  1000 128    2/10/.2/2.5
us.anthropic.claude-fable-5                   y y s auto,any,tool  image,document 512   1000 128    10/50/1/12.5
amazon.nova-micro-v1:0                        y y s auto,any,tool  -              1000  128 10      .035/.14/.00875/0
amazon.nova-lite-v1:0                         y y s auto,any,tool  image,document 1000  300 10      .06/.24/.015/0
amazon.nova-pro-v1:0                          y y s auto,any,tool  image,document 1000  300 10      .8/3.2/.2/0
us.amazon.nova-2-lite-v1:0                    y y s auto,any,tool  image,document 1000  1000 64     .33/2.75
amazon.titan-text-lite-v1                     n y n -              document       -     4.096 4.096 .15/.2
amazon.titan-text-express-v1                  n y n -              document       -     8.192 4.096 .2/.6
amazon.titan-text-premier-v1:0                n y n -              -              -     32 3.072    .5/1.5
meta.llama3-8b-instruct-v1:0                  y n n -              document       -     8.192 2.048 .3/.6
meta.llama3-70b-instruct-v1:0                 y n n -              document       -     8.192 2.048 2.65/3.5
us.meta.llama3-1-8b-instruct-v1:0             y n w auto           document       -     128 8.192   .22/.22
us.meta.llama3-1-70b-instruct-v1:0            y n w auto           document       -     128 8.192   .72/.72
meta.llama3-1-405b-instruct-v1:0              y n w auto           document       -     128 8.192   2.4/2.4
us.meta.llama3-2-1b-instruct-v1:0             y n n -              document       -     128 8.192   .1/.1
us.meta.llama3-2-3b-instruct-v1:0             y n n -              document       -     128 8.192   .15/.15
us.meta.llama3-2-11b-instruct-v1:0            y n w auto           image,document -     128 8.192   .16/.16
us.meta.llama3-2-90b-instruct-v1:0            y n w auto           image,document -     128 8.192   .72/.72
us.meta.llama3-3-70b-instruct-v1:0            y n w auto           document       -     128 8.192   .72/.72
us.meta.llama4-scout-17b-instruct-v1:0        y n w auto           image,document -     3500 8.192  .17/.66
us.meta.llama4-maverick-17b-instruct-v1:0     y n w auto           image,document -     1000 8.192  .24/.97
mistral.mistral-7b-instruct-v0:2              n y n -              document       -     32 8.192    .15/.2
mistral.mixtral-8x7b-instruct-v0:1            n y n -              document       -     32 4.096    .45/.7
mistral.mistral-small-2402-v1:0               y y w auto,any       -              -     32 8.192    1/3
mistral.mistral-large-2402-v1:0               y y w auto,any       document       -     32 8.192    4/12
mistral.mistral-large-2407-v1:0               y y w auto,any       document       -     128 8.192   2/6
us.mistral.pixtral-large-2502-v1:0            y y w auto           image,document -     128 8.192   2/6
mistral.mistral-large-3-675b-instruct         y n w -              image          -     128 8.192   .5/1.5
mistral.ministral-3-8b-instruct               y n w -              image          -     128 8.192   ?
mistral.devstral-2-123b                       y n w -              image          -     128 8.192   ?
cohere.command-r-v1:0                         y y s -              document       -     128 4.096   .5/1.5
cohere.command-r-plus-v1:0                    y y s -              document       -     128 4.096   3/15
ai21.jamba-1-5-mini-v1:0                      y y s -              document       -     256 4.096   .2/.4
ai21.jamba-1-5-large-v1:0                     y y s -              document       -     256 4.096   2/8
ai21.jamba-instruct-v1:0                      y y n -              -              -     256 4.096   .5/.7
ai21.j2-mid-v1                                n y n -              -              -     8.191 8.191 12.5/12.5
ai21.j2-ultra-v1                              n y n -              -              -     8.191 8.191 18.8/18.8
openai.gpt-oss-20b-1:0                        y n s -              -              -     128 32.768  .07/.3
openai.gpt-oss-120b-1:0                       y n s -              -              -     128 32.768  .15/.6
us.deepseek.r1-v1:0                           y n n -              document       -     128 32.768  1.35/5.4
deepseek.v3-v1:0                              y n s any            -              -     128 32.768  .58/1.68
deepseek.v3.2                                 y n s any,tool       -              -     128 32.768  .62/1.85
qwen.qwen3-32b-v1:0                           y n s -              -              -     128 32.768  .15/.6
qwen.qwen3-235b-a22b-2507-v1:0                y n s -              -              -     262.144 32.768 .22/.88
qwen.qwen3-coder-30b-a3b-v1:0                 y n s -              -              -     262.144 32.768 .15/.6
qwen.qwen3-coder-480b-a35b-v1:0               y n s -              -              -     262.144 32.768 .22/1.8
qwen.qwen3-next-80b-a3b                       y n s -              -              -     262.144 32.768 .14/1.4
qwen.qwen3-vl-235b-a22b                       y n s -              image          -     262.144 32.768 ?
`.trim();

const TOOLS = { streaming: "s", non_streaming: "w", none: "n" };

function described(id: string): string {
  const known = capabilitiesOf(id);
  const yes = (is: boolean) => (is ? "y" : "n");
  const list = (words: readonly string[]) => words.join(",") || "-";
  return [
    id,
    yes(known.systemPrompt),
    yes(known.stopSequences),
    TOOLS[known.tools],
    list(known.toolChoice),
    list([...(known.images ? ["image"] : []), ...(known.documents ? ["document"] : [])]),
    known.cachePoints.length === 0 ? "-" : known.minCacheTokens,
    known.contextTokens / 1000,
    known.maxOutputTokens / 1000,
  ].join(" ");
}

for (const line of PUBLISHED.split("\n")) {
  const words = line.split(/\s+/);
  const [id = ""] = words;
  const price = words.at(-1) ?? "";
  test(`${id} has the published capabilities and price`, () => {
    expect(described(id)).toBe(words.slice(0, -1).join(" "));
    const known = capabilitiesOf(id).price;
    if (price === "?") return expect(known).toBeNull();
    const [input = 0, output = 0, cacheRead = input, cacheWrite = input] = price.split("/").map(Number);
    expect(known).toEqual({ input, output, cacheRead, cacheWrite });
  });
}

test("an inference profile is required where Bedrock refuses the bare id", () => {
  const needed = PUBLISHED.split("\n").flatMap((line) => {
    const id = line.split(/\s+/)[0] ?? "";
    return capabilitiesOf(id).profileRequired ? [id.replace(/^us\./, "")] : [];
  });
  expect(needed.filter((id) => !/claude/.test(id))).toEqual([
    "amazon.nova-2-lite-v1:0",
    "meta.llama3-2-1b-instruct-v1:0",
    "meta.llama3-2-3b-instruct-v1:0",
    "meta.llama3-2-11b-instruct-v1:0",
    "meta.llama3-2-90b-instruct-v1:0",
    "meta.llama3-3-70b-instruct-v1:0",
    "meta.llama4-scout-17b-instruct-v1:0",
    "meta.llama4-maverick-17b-instruct-v1:0",
    "mistral.pixtral-large-2502-v1:0",
    "deepseek.r1-v1:0",
  ]);
  expect(needed).not.toContain("anthropic.claude-3-5-sonnet-20240620-v1:0");
  expect(needed).toContain("anthropic.claude-3-5-sonnet-20241022-v2:0");
});

test("only Jurassic-2 models are called without streaming", () => {
  const nonStreaming = PUBLISHED.split("\n").flatMap((line) => {
    const id = line.split(/\s+/)[0] ?? "";
    return capabilitiesOf(id).streaming ? [] : [id];
  });
  expect(nonStreaming).toEqual(["ai21.j2-mid-v1", "ai21.j2-ultra-v1"]);
});

test("a version newer than the table counts as the newest known family, not as the one with the same prefix", () => {
  const families = [
    "us.anthropic.claude-sonnet-4-7",
    "us.anthropic.claude-sonnet-4-9-20270101-v1:0",
    "us.anthropic.claude-opus-4-10",
    "us.anthropic.claude-sonnet-5-1",
    "us.anthropic.claude-sonnet-4-20250514-v1:0",
    "anthropic.claude-sonnet-4",
  ].map((id) => capabilitiesOf(id).family);
  expect(families).toEqual(["Claude", "Claude", "Claude", "Claude", "Claude Sonnet 4", "Claude Sonnet 4"]);
});
