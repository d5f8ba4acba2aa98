/** `specchat licenses`: prints the licenses of specchat and of everything in the executable. */
import { readNotices } from "./licenses/notices.ts";
import { withPlainOutput } from "./plain-output.ts";

export const licenses = withPlainOutput(async ({ terminal }) => {
  terminal.out(await readNotices());
  return 0;
});
