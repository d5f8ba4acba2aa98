/** The caller's credentials for the APIs, in memory, for one session. */
import type { ToolResult } from "../chat/types.ts";
import type { CallerCredentials, Credentials, CredentialValue } from "../tools/auth/types.ts";
import type { Tool } from "../tools/types.ts";

const NO_CREDENTIALS: CallerCredentials = { schemes: {}, headers: {} };

export class SessionCredentials {
  #all: Credentials;

  constructor(forwarded: Credentials) {
    this.#all = forwarded;
  }

  get all(): Credentials {
    return this.#all;
  }

  /** Replaces the forwarded headers by those of the newest request. A request without them may come from somebody who signed out. */
  updateForwarded(forwarded: Credentials): void {
    for (const [api, { headers }] of Object.entries(forwarded))
      this.#all = { ...this.#all, [api]: { ...(this.#all[api] ?? NO_CREDENTIALS), headers } };
  }

  /** Sets a credential for a security scheme, from the next call on. */
  set(api: string, scheme: string, value: CredentialValue): void {
    const known = this.#all[api] ?? NO_CREDENTIALS;
    this.#all = { ...this.#all, [api]: { ...known, schemes: { ...known.schemes, [scheme]: value } } };
    this.#mark(api, [scheme], false);
  }

  /**
   * Marks the credentials with which a call was sent as rejected when the API responded with 401, and as accepted when the call succeeded.
   * @param sent the credentials for the API at that time: one that was replaced since is not judged.
   */
  judge(
    { api, operation }: Pick<Tool, "api" | "operation">,
    sent: CallerCredentials | undefined,
    { status, httpStatus }: Pick<ToolResult, "status" | "httpStatus">,
  ): void {
    const isRejected = httpStatus === 401;
    if (!isRejected && (httpStatus === undefined || status !== "ok")) return;
    const current = this.#all[api.name]?.schemes ?? {};
    const names = operation.security.flatMap((requirement) => Object.keys(requirement));
    const used = names.filter(
      (name) => Object.hasOwn(current, name) && current[name] === sent?.schemes[name],
    );
    if (used.length > 0) this.#mark(api.name, used, isRejected);
  }

  #mark(api: string, schemes: readonly string[], isRejected: boolean): void {
    const { rejected: before = [], ...known } = this.#all[api] ?? NO_CREDENTIALS;
    const others = before.filter((name) => !schemes.includes(name));
    const rejected = isRejected ? [...others, ...new Set(schemes)] : others;
    this.#all = { ...this.#all, [api]: { ...known, ...(rejected.length > 0 && { rejected }) } };
  }

  /** Removes forwarded headers too: after a sign-out nothing may be sent in the name of the caller. */
  clear(): void {
    this.#all = {};
  }
}
