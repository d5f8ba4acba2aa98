/** Which AWS account the credentials belong to. Never needed, so never long waited for. */
import type { BedrockIo } from "./types.ts";
import { upstreamErrorOf } from "./upstream.ts";

const KEPT_MS = 300_000;
const BOUND_MS = 1000;

/** AWS says so of credentials that no service will take. */
const USELESS = [
  "InvalidClientTokenId",
  "UnrecognizedClientException",
  "ExpiredToken",
  "ExpiredTokenException",
  "SignatureDoesNotMatch",
  "InvalidSignatureException",
];

export class Identity {
  readonly #ask: (signal: AbortSignal) => Promise<string | undefined>;
  readonly #io: Pick<BedrockIo, "now" | "sleep">;
  #known: { readonly at: number; readonly account: string | undefined } | undefined;

  constructor(
    ask: (signal: AbortSignal) => Promise<string | undefined>,
    io: Pick<BedrockIo, "now" | "sleep">,
  ) {
    this.#ask = ask;
    this.#io = io;
  }

  /**
   * Undefined when it cannot be told: a network without a way to STS, a bearer key. That is remembered too.
   * @throws what AWS said of credentials that are useless everywhere.
   */
  async account(): Promise<string | undefined> {
    const at = this.#io.now();
    if (this.#known && at - this.#known.at < KEPT_MS) return this.#known.account;
    const account = await this.#bounded();
    this.#known = { at, account };
    return account;
  }

  async #bounded(): Promise<string | undefined> {
    const late = new AbortController();
    try {
      return await Promise.race([
        this.#ask(late.signal),
        this.#io.sleep(BOUND_MS, late.signal).then(() => undefined),
      ]);
    } catch (error) {
      if (USELESS.includes(upstreamErrorOf(error)?.type ?? "")) throw error;
      return undefined;
    } finally {
      late.abort();
    }
  }
}
