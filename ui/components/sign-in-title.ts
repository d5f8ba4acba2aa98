import type { SignInOption } from "../protocol.ts";

export function formatSignInTitle(options: readonly SignInOption[]): string {
  const titles = new Set(options.map(({ title }) => title));
  const [only] = titles;
  return titles.size === 1 && only ? `Sign in to ${only}` : "Sign in";
}
