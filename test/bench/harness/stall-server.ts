/**
 * A process that runs specchat from its sources and measures its own event loop, because the longest stall by CPU time can only
 * be seen from inside. Its argument is the address of the stand-in, then those of specchat. It prints its address, and answers
 * `begin` and `end` from its parent with the longest stall between them.
 */
import { createBedrockAt, startSpecchat } from "../../support/harness.ts";
import { measureStall, type Stall } from "../stall.ts";

const [modelUrl = "", ...argv] = process.argv.slice(2);
const spec = `${import.meta.dir}/../../fixtures/things.yaml`;
const { url } = await startSpecchat({
  argv: ["--spec", spec, "--base-url", modelUrl, ...argv],
  model: createBedrockAt(modelUrl),
});
let end = Promise.withResolvers<void>();
let measuring: Promise<Stall> | undefined;

process.on("message", async (order: "begin" | "end") => {
  if (order === "begin") {
    end = Promise.withResolvers();
    measuring = measureStall(() => end.promise);
    process.send?.({ cpuMs: 0, clockMs: 0 });
    return;
  }
  end.resolve();
  process.send?.(await measuring);
});
process.stdout.write(`${url}\n`);
