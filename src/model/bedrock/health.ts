/** Can Bedrock be used? Told from the credentials at hand and from how recent calls ended; never a billed call. */
import { AppError } from "../../errors.ts";
import type { ModelHealth } from "../types.ts";
import { type Asked, adviceFor } from "./errors.ts";
import type { BedrockIo } from "./types.ts";
import { upstreamErrorOf } from "./upstream.ts";

const CACHED_MS = 10_000;
const BOUND_MS = 3_000;
/** A failure that nothing has contradicted for so long says nothing any more. */
const MEMORY_MS = 60_000;

export class Health {
  readonly #identify: () => Promise<string | undefined>;
  readonly #asked: Asked;
  readonly #io: Pick<BedrockIo, "now" | "sleep">;
  #cached: { readonly at: number; readonly health: Promise<ModelHealth> } | undefined;
  #trouble: { readonly at: number; readonly health: ModelHealth } | undefined;

  /** `identify`: resolves with the account, if it can be told, once credentials are at hand. */
  constructor(
    identify: () => Promise<string | undefined>,
    asked: Asked,
    io: Pick<BedrockIo, "now" | "sleep">,
  ) {
    this.#identify = identify;
    this.#asked = asked;
    this.#io = io;
  }

  /** A call was answered: whatever stood in the way is gone. */
  succeeded(): void {
    this.#trouble = undefined;
  }

  /** Only what would stop the next call as well is remembered: no access, no credentials, a wrong setting, no way to AWS. */
  failed(error: AppError): void {
    const somebodyMustAct = error.code === "model_unavailable" && adviceFor(error, this.#asked) !== undefined;
    if (error.code !== "access_denied" && !somebodyMustAct) return;
    this.#trouble = { at: this.#io.now(), health: unready(error, this.#asked) };
  }

  async report(): Promise<ModelHealth> {
    const now = this.#io.now();
    if (this.#trouble && now - this.#trouble.at < MEMORY_MS) return this.#trouble.health;
    if (!this.#cached || now - this.#cached.at >= CACHED_MS)
      this.#cached = { at: now, health: this.#probe() };
    return this.#cached.health;
  }

  async #probe(): Promise<ModelHealth> {
    const late = new AbortController();
    try {
      return await Promise.race([
        this.#identify().then((account): ModelHealth => ({ status: "ready", account })),
        this.#io.sleep(BOUND_MS, late.signal).then(
          (): ModelHealth => ({
            status: "unready",
            problem: "AWS credentials could not be read within 3 s.",
            advice:
              "Name a profile with --profile, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY: the SDK is waiting for a metadata service.",
          }),
        ),
      ]);
    } catch (error) {
      return unready(error, this.#asked);
    } finally {
      late.abort();
    }
  }
}

function unready(error: unknown, asked: Asked): ModelHealth {
  const upstream = upstreamErrorOf(error instanceof AppError ? error.cause : error);
  return {
    status: "unready",
    problem: upstream ? `${upstream.type}: ${upstream.message}` : messageOf(error),
    advice: adviceFor(error, asked) ?? "Run `specchat check`, and see the log.",
  };
}

function messageOf(error: unknown): string {
  if (error instanceof AppError) return error.detail ?? error.message;
  return error instanceof Error ? error.message : String(error);
}
