/** `specchat check`: tests the settings, documents, APIs, credentials and model, and prints how to fix each problem. */
import { runChecks } from "./checks.ts";
import { withPlainOutput } from "./plain-output.ts";

export const check = withPlainOutput(async (context) => {
  let isHealthy = true;
  await runChecks(context, ({ label, text, state }) => {
    if (state === "problem") isHealthy = false;
    context.terminal.out(`${label.padEnd(13)}${text}\n`);
  });
  return isHealthy ? 0 : 1;
});
