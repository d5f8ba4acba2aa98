/** Can Bedrock be used? Told from the credentials at hand and from how recent calls ended; never a billed call. */
import { AppError } from "../../errors.ts";
import type { ModelHealth } from "../types.ts";
import { adviceFor, type ModelErrorContext } from "./errors.ts";
import type { BedrockIo } from "./types.ts";
import { toUpstreamError } from "./upstream.ts";

const CACHE_TTL_MS = 10_000;
const PROBE_TIMEOUT_MS = 3_000;
/** A failure that nothing has contradicted for so long says nothing any more. */
const FAILURE_TTL_MS = 60_000;

export class HealthMonitor {
  readonly #identify: () => Promise<string | undefined>;
  readonly #context: ModelErrorContext;
  readonly #io: Pick<BedrockIo, "now" | "sleep">;
  #cached: { readonly at: number; readonly health: Promise<ModelHealth> } | undefined;
  #lastFailure: { readonly at: number; readonly health: ModelHealth } | undefined;

  /** `identify`: resolves with the account, if it can be told, once credentials are at hand. */
  constructor(
    identify: () => Promise<string | undefined>,
    asked: ModelErrorContext,
    io: Pick<BedrockIo, "now" | "sleep">,
  ) {
    this.#identify = identify;
    this.#context = asked;
    this.#io = io;
  }

  /** A call was answered: whatever stood in the way is gone. */
  recordSuccess(): void {
    this.#lastFailure = undefined;
  }

  /** Only what would stop the next call as well is remembered: no access, no credentials, a wrong setting, no way to AWS. */
  recordFailure(error: AppError): void {
    const needsOperator = error.code === "model_unavailable" && adviceFor(error, this.#context) !== undefined;
    if (error.code !== "access_denied" && !needsOperator) return;
    this.#lastFailure = { at: this.#io.now(), health: createUnready(error, this.#context) };
  }

  async check(): Promise<ModelHealth> {
    const now = this.#io.now();
    if (this.#lastFailure && now - this.#lastFailure.at < FAILURE_TTL_MS) return this.#lastFailure.health;
    if (!this.#cached || now - this.#cached.at >= CACHE_TTL_MS)
      this.#cached = { at: now, health: this.#probe() };
    return this.#cached.health;
  }

  async #probe(): Promise<ModelHealth> {
    const timeout = new AbortController();
    try {
      return await Promise.race([
        this.#identify().then((account): ModelHealth => ({ status: "ready", account })),
        this.#io.sleep(PROBE_TIMEOUT_MS, timeout.signal).then(
          (): ModelHealth => ({
            status: "unready",
            problem: "AWS credentials could not be read within 3 s.",
            advice:
              "Name a profile with --profile, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY: the SDK is waiting for a metadata service.",
          }),
        ),
      ]);
    } catch (error) {
      return createUnready(error, this.#context);
    } finally {
      timeout.abort();
    }
  }
}

function createUnready(error: unknown, context: ModelErrorContext): ModelHealth {
  const upstream = toUpstreamError(error instanceof AppError ? error.cause : error);
  return {
    status: "unready",
    problem: upstream ? `${upstream.type}: ${upstream.message}` : messageOf(error),
    advice: adviceFor(error, context) ?? "Run `specchat check`, and see the log.",
  };
}

function messageOf(error: unknown): string {
  if (error instanceof AppError) return error.detail ?? error.message;
  return error instanceof Error ? error.message : String(error);
}
