/**
 * Looks up the AWS account of the credentials. The account is informational, so a lookup times out after one second.
 */
import type { BedrockIo } from "./types.ts";
import { toUpstreamError } from "./upstream.ts";

const CACHE_TTL_MS = 300_000;
const LOOKUP_TIMEOUT_MS = 1000;

/** AWS error types for credentials that no service accepts. */
const INVALID_CREDENTIAL_ERRORS = [
  "InvalidClientTokenId",
  "UnrecognizedClientException",
  "ExpiredToken",
  "ExpiredTokenException",
  "SignatureDoesNotMatch",
  "InvalidSignatureException",
];

export class AccountLookup {
  readonly #fetchAccount: (signal: AbortSignal) => Promise<string | undefined>;
  readonly #io: Pick<BedrockIo, "now" | "sleep">;
  #cached: { readonly at: number; readonly account: string | undefined } | undefined;

  constructor(
    fetchAccount: (signal: AbortSignal) => Promise<string | undefined>,
    io: Pick<BedrockIo, "now" | "sleep">,
  ) {
    this.#fetchAccount = fetchAccount;
    this.#io = io;
  }

  /**
   * Returns the account, or undefined when it is unknown: STS cannot be reached, or the credentials are a bearer key.
   * Both outcomes are cached for five minutes.
   * @throws the SDK's error for credentials that no service accepts.
   */
  async account(): Promise<string | undefined> {
    const at = this.#io.now();
    if (this.#cached && at - this.#cached.at < CACHE_TTL_MS) return this.#cached.account;
    const account = await this.#fetchWithTimeout();
    this.#cached = { at, account };
    return account;
  }

  async #fetchWithTimeout(): Promise<string | undefined> {
    const timeout = new AbortController();
    try {
      return await Promise.race([
        this.#fetchAccount(timeout.signal),
        this.#io.sleep(LOOKUP_TIMEOUT_MS, timeout.signal).then(() => undefined),
      ]);
    } catch (error) {
      if (INVALID_CREDENTIAL_ERRORS.includes(toUpstreamError(error)?.type ?? "")) throw error;
      return undefined;
    } finally {
      timeout.abort();
    }
  }
}
