import { createMemoryUsage } from "../../../src/access/limits/memory-usage.ts";
import { describeUsage } from "../../store/usage-suite.ts";

describeUsage("Memory", async () => {
  const usage = createMemoryUsage();
  return [usage, usage];
});
