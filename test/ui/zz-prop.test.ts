import { test, expect } from "bun:test";
import fc from "fast-check";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";
import { readMarkdown } from "/work/wt-page/ui/markdown/document.ts";
const strip = (n:any):any => Array.isArray(n)? n.map(strip) : n && typeof n==="object" ? Object.fromEntries(Object.entries(n).filter(([k])=>k!=="position").map(([k,v])=>[k,strip(v)])) : n;
const whole = (t:string)=> strip(fromMarkdown(t,{extensions:[gfm()],mdastExtensions:[gfmFromMarkdown()]}).children);
const line = fc.constantFrom("", "", "text", "more *text*", "- item", "- item two", "  more", "* star", "+ plus", "```", "```js", "code();", "~~~", "1. one", "2. two", "3) three", "# h", "    code", "> q", "| a | b |", "| - | -: |", "| 1 | `2|` |","|x|", "a | b", "---", "===", "[ref]: http://x", "'title'", "see [ref] and [text][ref]", "note[^1]", "[^1]: footnote", "    indented", "  - nested", "  1. nested", "   - three", "- [ ] task", "-", "1.", "  ```", "<div>", "</div>", "<!-- c", "-->", "\\", "***", "- - a", "-   wide", "\ttab", "- > q", "> - a", "> b", "[ref]", "[a]: <b", "[", "^1]: x", "10. ten", "         deep", "- ```", "https://example.com", "[^2]: two","x[^2]");
test("equal", () => {
  fc.assert(fc.property(fc.array(line,{maxLength:14}), fc.array(fc.nat(60),{maxLength:40}), (lines, cuts) => {
    const text = lines.join("\n");
    let at=0, state; 
    for (const c of cuts) { if (at>=text.length) break; at=Math.min(text.length, at+c); state=readMarkdown(text.slice(0,at), true, state); }
    state = readMarkdown(text, true, state);
    state = readMarkdown(text, false, state);
    expect(strip(state.blocks.flatMap(b=>b.nodes))).toEqual(whole(text));
  }), {numRuns: Number(process.env.RUNS ?? 3000), endOnFailure: false});
}, 600000);
