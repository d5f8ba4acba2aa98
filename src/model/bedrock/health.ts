/**
 * Reports whether Bedrock can be used, from the credentials and the outcome of recent calls. Never makes a billed
 * call.
 */
import { AppError } from "../../errors.ts";
import type { ModelHealth } from "../types.ts";
import { adviceFor, type ModelErrorContext } from "./errors.ts";
import { AccountLookup } from "./identity.ts";
import type { ServicePool } from "./services.ts";
import type { BedrockIo } from "./types.ts";
import { toUpstreamError } from "./upstream.ts";

const CACHE_TTL_MS = 10_000;
const PROBE_TIMEOUT_MS = 3_000;
/** A failure is forgotten after this time without another call. */
const FAILURE_TTL_MS = 60_000;

/** Creates the health monitor of a model from the clients of its region. */
export function createHealthMonitor(
  services: ServicePool,
  context: ModelErrorContext,
  io: Pick<BedrockIo, "now" | "sleep">,
): HealthMonitor {
  const accounts = new AccountLookup(
    async (signal) => (await services.get(context.region)).account(signal),
    io,
  );
  const identify = async () => {
    await (await services.get(context.region)).identify();
    return await accounts.account();
  };
  return new HealthMonitor(identify, context, io);
}

export class HealthMonitor {
  readonly #identify: () => Promise<string | undefined>;
  readonly #context: ModelErrorContext;
  readonly #io: Pick<BedrockIo, "now" | "sleep">;
  #cached: { readonly at: number; readonly health: Promise<ModelHealth> } | undefined;
  #lastFailure: { readonly at: number; readonly health: ModelHealth } | undefined;

  /** @param identify resolves with the account, or undefined when it is unknown, once credentials are available. */
  constructor(
    identify: () => Promise<string | undefined>,
    context: ModelErrorContext,
    io: Pick<BedrockIo, "now" | "sleep">,
  ) {
    this.#identify = identify;
    this.#context = context;
    this.#io = io;
  }

  /** Clears the last failure. */
  recordSuccess(): void {
    this.#lastFailure = undefined;
  }

  /** Records failures that the next call would meet too: access, credentials, wrong settings, no connection to AWS. */
  recordFailure(error: AppError): void {
    const needsOperator = error.code === "model_unavailable" && adviceFor(error, this.#context) !== undefined;
    if (error.code !== "access_denied" && !needsOperator) return;
    this.#lastFailure = { at: this.#io.now(), health: createUnready(error, this.#context) };
  }

  /** Returns the last failure while it is recent, else the result of a probe, cached for 10 s. */
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
