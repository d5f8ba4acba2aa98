/** Signs browsers in and out: at an OpenID provider, or with a credential that the user enters. It keeps no state in the server. */
import { AppError } from "../../errors.ts";
import type { Identity } from "../types.ts";
import { SignInError } from "./problems.ts";
import { ProviderFlow } from "./provider-flow.ts";
import { withPrefix } from "./return-path.ts";
import { createSession, extendSession, isCurrent, isFresh, isWithinLifetime, mayRenew } from "./session.ts";
import type { AccessGrant } from "./session-cookies.ts";
import { writeSession } from "./sessions.ts";
import type { BrowserSignInOptions } from "./sign-in-options.ts";
import type { BrowserRequest, BrowserSession, BrowserSignIn, Renewal } from "./types.ts";

export function createBrowserSignIn(options: BrowserSignInOptions): BrowserSignIn {
  const { cookies, limits, now, provider } = options;
  const flow = provider && new ProviderFlow(options, provider);

  async function readSession(request: Pick<BrowserRequest, "cookies" | "secure">) {
    const session = await cookies.readSession(request);
    if (!session || !isCurrent(session, now())) return undefined;
    // A user of a provider that is no longer configured.
    return session.identity && !provider ? undefined : session;
  }

  function requireFlow(): ProviderFlow {
    if (!flow) throw new AppError("not_found", "No OpenID provider is configured.");
    return flow;
  }

  async function write(request: BrowserRequest, session: BrowserSession) {
    const setCookies = await writeSession(request, session, options);
    return { outcome: "renewed", session, setCookies } as const;
  }

  async function renew(request: BrowserRequest): Promise<Renewal> {
    const session = await cookies.readSession(request);
    if (session && isFresh(session, now())) return { outcome: "renewed", session, setCookies: [] };
    if (!session || !mayRenew(session, now(), limits)) return { outcome: "ended", setCookies: [] };
    const grant = await cookies.readRenewal(request);
    if (
      flow &&
      session.identity &&
      grant?.refreshToken !== undefined &&
      grant.signedInAt === session.signedInAt
    )
      return await flow.renew(request, session, grant);
    if (!isCurrent(session, now())) return { outcome: "ended", setCookies: [] };
    return await write(request, extendSession(session, now(), limits));
  }

  return {
    hasProvider: provider !== undefined,
    isProviderAvailable: () => provider?.isAvailable() ?? false,
    readSession,
    async readAccessToken(request, identity) {
      if (!options.keepsAccessToken) return undefined;
      const grant = await cookies.readAccessToken(request);
      return belongsTo(grant, await readSession(request), identity) ? grant?.accessToken : undefined;
    },
    async canContinueSilently(request) {
      const session = await cookies.readSession(request);
      return (
        session?.identity !== undefined &&
        !isCurrent(session, now()) &&
        isWithinLifetime(session, now(), limits) &&
        provider?.isAvailable() === true
      );
    },
    begin: async (request, returnPath, isSilent) => await requireFlow().begin(request, returnPath, isSilent),
    finish: async (request, query) => await requireFlow().finish(request, query),
    async startWithCredential(request, credential) {
      const session = createSession({ credential, signedInAt: now(), hasRefreshToken: false }, now(), limits);
      try {
        const { setCookies, ...written } = await write(request, session);
        const removed = [...cookies.removeRenewal(request), ...cookies.removeAccessToken(request)];
        return { ...written, setCookies: [...setCookies, ...removed] };
      } catch (error) {
        if (error instanceof SignInError) throw new AppError("bad_request", "The key is too long.");
        throw error;
      }
    },
    renew,
    async signOut(request) {
      const session = await cookies.readSession(request);
      const grant = await cookies.readRenewal(request);
      const setCookies = cookies.removeSession(request);
      const page = withPrefix(request.publicUrl, options.pagePath);
      const location = flow && session?.identity ? await flow.signOut(request, grant) : page;
      return { location, setCookies };
    },
  };
}

/** A cookie of another session, which somebody could add, counts for nothing. */
function belongsTo(
  grant: AccessGrant | undefined,
  session: BrowserSession | undefined,
  { user, organization }: Identity,
): boolean {
  const isOfSession = grant !== undefined && grant.signedInAt === session?.signedInAt;
  return isOfSession && grant.user === user && grant.organization === organization;
}
