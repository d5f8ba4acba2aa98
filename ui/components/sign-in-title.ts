import type { SignInOption } from "../protocol.ts";

/** Returns the title for a sign-in: with the API's name if there is only one API. */
export function formatSignInTitle(
  options: readonly SignInOption[],
  prefix: "Sign in" | "Signed in" = "Sign in",
): string {
  const titles = new Set(options.map(({ title }) => title));
  const [only] = titles;
  return titles.size === 1 && only ? `${prefix} to ${only}` : prefix;
}
