import { t } from "../language/language.ts";
import type { SignInOption } from "../protocol.ts";

/** Returns the title for a sign-in: with the API's name if there is only one API. */
export function formatSignInTitle(options: readonly SignInOption[], isDone = false): string {
  const titles = new Set(options.map(({ title }) => title));
  const [only] = titles;
  if (titles.size === 1 && only) return t(isDone ? "signIn.doneTo" : "signIn.titleTo", { api: only });
  return t(isDone ? "signIn.done" : "signIn.title");
}
