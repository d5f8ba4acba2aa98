/** `specchat health`: checks a running server, for container checks without curl. */
import { withPlainOutput } from "./plain-output.ts";
import { findAddress, getHealth } from "./server-health.ts";

export const health = withPlainOutput({
  spec: {
    description: "check the server that runs with these settings; exit code 0 means that it is ready",
    flags: {
      url: { placeholder: "URL", description: "address of the server, instead of --host and --port" },
      live: { description: "check only that the process serves requests, not that the chat can reply" },
    },
  },
  async run({ loaded: { arguments: args, config }, terminal }) {
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
  },
});
