/** The state of the sign-in to the APIs. It never contains credentials. */
import type { EstablishedFrame, SignInOption } from "../protocol.ts";
import type { ChatState, SignIn, SignInState } from "./types.ts";

export function signInKey({ api, scheme }: Pick<SignInOption, "api" | "scheme">): string {
  return JSON.stringify([api, scheme]);
}

export function findSignInState(state: ChatState, option: SignInOption): SignInState | undefined {
  return state.signIn.states[signInKey(option)];
}

export function isSignedIn({ signIn }: ChatState): boolean {
  return Object.values(signIn.states).some(({ status }) => status === "configured");
}

export function withSignIn(
  state: ChatState,
  option: Pick<SignInOption, "api" | "scheme">,
  next: SignInState,
): ChatState {
  const states = { ...state.signIn.states, [signInKey(option)]: next };
  return { ...state, signIn: { states, isLost: next.status !== "configured" && state.signIn.isLost } };
}

/** Marks the oldest pending sign-in as failed. Returns undefined if none is pending. The server responds in order. */
export function withSignInRefusal(state: ChatState, message: string): ChatState | undefined {
  const pending = Object.entries(state.signIn.states).find(([, { status }]) => status === "sending");
  if (pending === undefined) return undefined;
  const states = { ...state.signIn.states, [pending[0]]: { status: "failed", message } as const };
  return { ...state, signIn: { ...state.signIn, states } };
}

/** Resets the state after a lost connection: the session with the credentials may be gone. */
export function resetSignIn({ signIn }: ChatState): SignIn {
  const wasSignedIn = Object.values(signIn.states).some(({ status }) => status !== "failed");
  return { states: {}, isLost: signIn.isLost || wasSignedIn };
}

/** Restores the state of a session from the options that the server reports as configured. */
export function restoreSignIn({ signIn }: ChatState, options: EstablishedFrame["sign_in"] = []): SignIn {
  const configuredOptions = options.filter(({ configured }) => configured === true);
  const states = Object.fromEntries(
    configuredOptions.map((option) => [signInKey(option), { status: "configured" } as const]),
  );
  return { states, isLost: configuredOptions.length === 0 && signIn.isLost };
}
