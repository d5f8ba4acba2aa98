/** The sign-in at an OpenID provider: there, back, and on. */
import { AppError } from "../../errors.ts";
import { SignInError, toSignInError } from "./problems.ts";
import { safeReturnPath, withPrefix, withQuery } from "./return-path.ts";
import { isCurrent } from "./session.ts";
import { FLOW_LIFETIME_S, type RenewalGrant, type SignInFlow } from "./session-cookies.ts";
import { type WrittenSession, writeUserSession } from "./sessions.ts";
import { SharedWork } from "./shared-work.ts";
import type { BrowserSignInOptions, SignInProvider } from "./sign-in-options.ts";
import type { BrowserRedirect, BrowserRequest, BrowserSession, Renewal, SignInProblem } from "./types.ts";

export class ProviderFlow {
  readonly #options: BrowserSignInOptions;
  readonly #provider: SignInProvider;
  readonly #renewals: SharedWork<WrittenSession>;

  constructor(options: BrowserSignInOptions, provider: SignInProvider) {
    this.#options = options;
    this.#provider = provider;
    this.#renewals = new SharedWork(options.now);
  }

  async begin(
    request: BrowserRequest,
    returnPath: string | null,
    isSilent: boolean,
  ): Promise<BrowserRedirect> {
    const { callbackPath, cookies, now } = this.#options;
    const redirectUri = `${request.publicUrl}${callbackPath}`;
    try {
      const { secrets, url } = await this.#provider.client.begin(redirectUri, isSilent);
      const setCookies = await cookies.writeFlow(request, {
        secrets,
        redirectUri,
        returnPath: safeReturnPath(returnPath, this.#page(request)),
        isSilent,
        startedAt: now(),
      });
      return { location: url, setCookies };
    } catch (error) {
      return this.#showProblem(request, toSignInError(error));
    }
  }

  async finish(request: BrowserRequest, query: string): Promise<BrowserRedirect> {
    const { cookies } = this.#options;
    const state = new URLSearchParams(query).get("state") ?? "";
    const flow = await cookies.readFlow(request, state);
    const removed = cookies.removeFlow(request, state);
    try {
      return await this.#exchange(request, query, flow, removed);
    } catch (error) {
      const problem = toProblem(error);
      if (flow?.isSilent && (problem.needsQuestion || problem.problem === "unavailable"))
        return {
          location: flow.returnPath,
          // Without this, the page would try the same again.
          setCookies: [...removed, ...cookies.removeSession(request)],
        };
      const shown = this.#showProblem(request, problem);
      return { ...shown, setCookies: [...removed, ...shown.setCookies] };
    }
  }

  async #exchange(
    request: BrowserRequest,
    query: string,
    flow: SignInFlow | undefined,
    removed: readonly string[],
  ): Promise<BrowserRedirect> {
    const { cookies, now } = this.#options;
    if (!flow || now() - flow.startedAt > FLOW_LIFETIME_S * 1000) {
      // The user has gone back to an address that was used, and is signed in.
      const session = await cookies.readSession(request);
      if (session && isCurrent(session, now())) return { location: this.#page(request), setCookies: removed };
      throw new SignInError("expired", "the sign-in is unknown, was used before, or took too long");
    }
    const tokens = await this.#provider.client.exchange(flow.redirectUri, query, flow.secrets);
    const written = await writeUserSession(request, tokens, undefined, this.#provider, this.#options);
    const { identity } = written.session;
    return { location: flow.returnPath, identity, setCookies: [...removed, ...written.setCookies] };
  }

  /** Renews a session with its refresh token. Equal requests share one renewal. */
  async renew(request: BrowserRequest, session: BrowserSession, grant: RenewalGrant): Promise<Renewal> {
    try {
      const work = () => this.#refresh(request, session, grant);
      const { session: renewed, setCookies } = await this.#renewals.run(grant.refreshToken ?? "", work);
      return { outcome: "renewed", session: renewed, setCookies };
    } catch (error) {
      const problem = toProblem(error);
      if (problem.problem === "unavailable") {
        this.#report(problem);
        return { outcome: "unavailable" };
      }
      return { outcome: "ended", setCookies: this.#options.cookies.removeSession(request) };
    }
  }

  async #refresh(
    request: BrowserRequest,
    session: BrowserSession,
    { refreshToken = "", idToken }: RenewalGrant,
  ): Promise<WrittenSession> {
    const tokens = await this.#provider.client.refresh(refreshToken);
    // Providers need not repeat the ID token, which the sign-out uses.
    const kept = { ...tokens, idToken: tokens.idToken ?? idToken };
    const written = await writeUserSession(request, kept, session, this.#provider, this.#options);
    const [before, after] = [session.identity, written.session.identity];
    if (before?.user !== after?.user || before?.organization !== after?.organization)
      throw new SignInError("failed", "the renewed token belongs to another user");
    return written;
  }

  /** Returns where the browser goes to end its session at the provider; the page when the provider is not reached. */
  async signOut(request: BrowserRequest, grant: RenewalGrant | undefined): Promise<string> {
    const returnUrl = `${request.publicUrl}${this.#options.pagePath}`;
    try {
      return (await this.#provider.client.signOutUrl(grant?.idToken, returnUrl)) ?? this.#page(request);
    } catch (error) {
      this.#report(toSignInError(error));
      return this.#page(request);
    }
  }

  #showProblem(request: BrowserRequest, error: SignInError): BrowserRedirect {
    this.#report(error);
    return { location: withQuery(this.#page(request), "sign_in", error.problem), setCookies: [] };
  }

  #report({ problem, message }: SignInError): void {
    if (!USERS_OWN.has(problem)) this.#options.warn("sign-in failed", { problem, detail: message });
  }

  #page({ publicUrl }: BrowserRequest): string {
    return withPrefix(publicUrl, this.#options.pagePath);
  }
}

/** Problems that the operator need not know. */
const USERS_OWN: ReadonlySet<SignInProblem> = new Set(["denied", "expired"]);

/** An identity without a needed claim is one that is not allowed. */
function toProblem(error: unknown): SignInError {
  return error instanceof AppError ? new SignInError("not_allowed", error.message) : toSignInError(error);
}
