/** The state of the sign-in to the APIs. It never contains credentials. */
import type { EstablishedFrame, ServerFrame, SignInOption } from "../protocol.ts";
import type { CallPart, ChatState, SignIn, SignInState } from "./types.ts";

type Result = Extract<ServerFrame, { type: "tool_result" }>;

export function signInKey({ api, scheme }: Pick<SignInOption, "api" | "scheme">): string {
  return JSON.stringify([api, scheme]);
}

export function findSignInState(state: ChatState, option: SignInOption): SignInState | undefined {
  return state.signIn.states[signInKey(option)];
}

export function isSignedIn({ signIn }: ChatState): boolean {
  return Object.values(signIn.states).some(({ status }) => status === "configured");
}

export function isSignInRejected({ signIn }: ChatState): boolean {
  return Object.values(signIn.states).some(({ status }) => status === "rejected");
}

/** Returns the title of the API that rejected the credentials with which a call was sent; undefined if it accepts them, or there are none. */
export function findRejectingApi({ assistant, signIn }: ChatState, call: CallPart): string | undefined {
  const rejected = keysOf(call).find((key) => signIn.states[key]?.status === "rejected");
  return assistant.signIn.find((option) => signInKey(option) === rejected)?.title;
}

/** Marks the credentials of a call as rejected when the API responded with 401, and as configured when the call succeeded. */
export function judgeSignIn(
  state: ChatState,
  { turn_id, tool_call_id, http_status, status }: Result,
): ChatState {
  const isRejected = http_status === 401;
  if (!isRejected && (http_status === undefined || status !== "ok")) return state;
  const reply = state.entries.findLast((entry) => entry.kind === "reply" && entry.turnId === turn_id);
  const parts = reply?.kind === "reply" ? reply.parts : [];
  const call = parts.find((part) => part.type === "call" && part.id === tool_call_id);
  if (call?.type !== "call") return state;
  const [from, to] = isRejected
    ? (["configured", "rejected"] as const)
    : (["rejected", "configured"] as const);
  const judged = keysOf(call).filter((key) => state.signIn.states[key]?.status === from);
  if (judged.length === 0) return state;
  const states = {
    ...state.signIn.states,
    ...Object.fromEntries(judged.map((key) => [key, { status: to }])),
  };
  return { ...state, signIn: { ...state.signIn, states } };
}

function keysOf({ security }: CallPart): readonly string[] {
  const { api = "", schemes = [] } = security ?? {};
  return schemes.map((scheme) => signInKey({ api, scheme }));
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
  const wasSignedIn = Object.values(signIn.states).some(
    ({ status }) => status === "sending" || status === "configured",
  );
  return { states: {}, isLost: signIn.isLost || wasSignedIn };
}

/** Restores the state of a session from the options that the server reports as configured. */
export function restoreSignIn({ signIn }: ChatState, options: EstablishedFrame["sign_in"] = []): SignIn {
  const configuredOptions = options.filter(({ configured }) => configured === true);
  const states = Object.fromEntries(
    configuredOptions.map((option) => [
      signInKey(option),
      { status: option.rejected === true ? "rejected" : "configured" } as const,
    ]),
  );
  return { states, isLost: configuredOptions.length === 0 && signIn.isLost };
}
