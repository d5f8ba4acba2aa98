import type { SignInProblem } from "./account.ts";

/** Sentences for users. They say what happened and what to do. */
export const SIGN_IN_PROBLEMS: Readonly<Record<SignInProblem, string>> = {
  denied: "The sign-in was cancelled or refused.",
  expired: "That sign-in took too long or was already used. Please try again.",
  unavailable: "The sign-in service cannot be reached. Please try again in a moment.",
  clock: "The sign-in service and this server disagree on the time. Please tell your administrator.",
  not_allowed:
    "Your account may not use this assistant. Sign in with another one, or ask your administrator.",
  too_large: "Your account has too many roles for this server. Please tell your administrator.",
  failed: "The sign-in failed. Please try again, or tell your administrator.",
};
