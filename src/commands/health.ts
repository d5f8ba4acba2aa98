/** `specchat health`: checks a running server, for container checks without curl. */
import { withPlainOutput } from "./plain-output.ts";
import { findAddress, getHealth } from "./server-health.ts";

export const health = withPlainOutput(async ({ loaded: { arguments: args, config }, terminal }) => {
  const { url, live } = args.flags;
  const address = findAddress(typeof url === "string" ? url : undefined, live === true, config);
  try {
    const { status, text } = await getHealth(address);
    (status === 200 ? terminal.out : terminal.err)(`${address} ${status} ${text.trim()}\n`);
    return status === 200 ? 0 : 1;
  } catch (error) {
    terminal.err(`${address} ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
});
