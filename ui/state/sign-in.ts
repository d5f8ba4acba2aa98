/** Whom the session knows the reader as. Only what became of it is kept here, never a key or a password. */
import type { Established, SignInOption } from "../protocol.ts";
import type { ChatState, SignIn, SignInState } from "./types.ts";

export function signInKey({ api, scheme }: Pick<SignInOption, "api" | "scheme">): string {
  return JSON.stringify([api, scheme]);
}

export function signInStateOf(state: ChatState, option: SignInOption): SignInState | undefined {
  return state.signIn.states[signInKey(option)];
}

export function isSignedIn({ signIn }: ChatState): boolean {
  return Object.values(signIn.states).some(({ status }) => status === "configured");
}

export function withSignIn(
  state: ChatState,
  option: Pick<SignInOption, "api" | "scheme">,
  became: SignInState,
): ChatState {
  const states = { ...state.signIn.states, [signInKey(option)]: became };
  return { ...state, signIn: { states, isLost: became.status !== "configured" && state.signIn.isLost } };
}

/** The one that the server has not answered yet; it answers in order. */
export function withRefusal(state: ChatState, message: string): ChatState | undefined {
  const pending = Object.entries(state.signIn.states).find(([, { status }]) => status === "sending");
  if (pending === undefined) return undefined;
  const states = { ...state.signIn.states, [pending[0]]: { status: "failed", message } as const };
  return { ...state, signIn: { ...state.signIn, states } };
}

/** The connection is gone, and with it, as far as the page can know, the session that knew the reader. */
export function withoutSession({ signIn }: ChatState): SignIn {
  const wasSignedIn = Object.values(signIn.states).some(({ status }) => status !== "failed");
  return { states: {}, isLost: signIn.isLost || wasSignedIn };
}

/** A session is there: what it knows of the reader, the server says. */
export function signInAfter({ signIn }: ChatState, options: Established["sign_in"] = []): SignIn {
  const known = options.filter(({ configured }) => configured === true);
  const states = Object.fromEntries(
    known.map((option) => [signInKey(option), { status: "configured" } as const]),
  );
  return { states, isLost: known.length === 0 && signIn.isLost };
}
