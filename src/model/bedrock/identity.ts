/** Which AWS account the credentials belong to. Never needed, so never long waited for. */
import type { BedrockIo } from "./types.ts";
import { toUpstreamError } from "./upstream.ts";

const CACHE_TTL_MS = 300_000;
const LOOKUP_TIMEOUT_MS = 1000;

/** AWS says so of credentials that no service will take. */
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
    ask: (signal: AbortSignal) => Promise<string | undefined>,
    io: Pick<BedrockIo, "now" | "sleep">,
  ) {
    this.#fetchAccount = ask;
    this.#io = io;
  }

  /**
   * Undefined when it cannot be told: a network without a way to STS, a bearer key. That is remembered too.
   * @throws what AWS said of credentials that are useless everywhere.
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
