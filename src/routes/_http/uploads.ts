/** Room for the bodies of requests that are being received: those of one caller, and all of them together. */
import type { Config } from "../../config/settings.ts";
import { AppError } from "../../errors.ts";

/** A body that is being received. */
export interface Upload {
  /**
   * Takes room for the first `bytes` bytes of the body. A body alone always has room.
   * @throws AppError `rate_limited` with status 429 beyond the limit of the caller, 503 beyond that of all.
   */
  reserve(bytes: number): void;
  /** The body has arrived, so that it no longer makes room for others. */
  complete(): void;
  /** Gives the room back. */
  end(): void;
}

/** Milliseconds after which it is worth to try again. */
const RETRY_MS = 5000;

interface Body {
  bytes: number;
  /** Ends the upload. Undefined once the body has arrived. */
  refuse: ((error: AppError) => void) | undefined;
}

/** What one caller uploads. */
interface Share {
  bytes: number;
  readonly bodies: Set<Body>;
}

export class Uploads {
  readonly #limits: Pick<Config, "maxUploadsSize" | "maxCallerUploadsSize">;
  readonly #shortLength: number;
  readonly #shares = new Map<string, Share>();
  #total = 0;

  /** @param shortLength bytes of a body that is not refused because of others of its caller. */
  constructor(limits: Pick<Config, "maxUploadsSize" | "maxCallerUploadsSize">, shortLength: number) {
    this.#limits = limits;
    this.#shortLength = shortLength;
  }

  /** @param refuse called when the body has to make room for those of others. */
  begin(caller: string, refuse: (error: AppError) => void): Upload {
    const share = this.#shares.getOrInsertComputed(caller, () => ({ bytes: 0, bodies: new Set<Body>() }));
    const body: Body = { bytes: 0, refuse };
    share.bodies.add(body);
    return {
      reserve: (bytes) => this.#reserve(body, share, bytes),
      complete() {
        body.refuse = undefined;
      },
      end: () => {
        this.#resize(body, share, 0);
        share.bodies.delete(body);
        if (share.bodies.size === 0) this.#shares.delete(caller);
      },
    };
  }

  #reserve(body: Body, share: Share, bytes: number): void {
    if (bytes <= body.bytes) return;
    this.#resize(body, share, bytes);
    const { maxUploadsSize, maxCallerUploadsSize } = this.#limits;
    const isLong = bytes > this.#shortLength && share.bytes > bytes;
    if (isLong && share.bytes > maxCallerUploadsSize)
      throw refusal(429, "Too many long requests of yours are being received.");
    while (this.#total > Math.max(maxUploadsSize, bytes)) {
      const error = refusal(503, "The server is receiving too many long requests.");
      const [largest, owner] = this.#findLargest(share) ?? [];
      if (!largest || !owner) throw error;
      this.#resize(largest, owner, 0);
      largest.refuse?.(error);
    }
  }

  #resize(body: Body, share: Share, bytes: number): void {
    this.#total += bytes - body.bytes;
    share.bytes += bytes - body.bytes;
    body.bytes = bytes;
  }

  /** Returns the largest body of the caller that has the most, and more than `share`; undefined when there is none that can be refused. */
  #findLargest(share: Share): readonly [Body, Share] | undefined {
    const larger = [...this.#shares.values()].filter(({ bytes }) => bytes > share.bytes);
    for (const owner of larger.toSorted((a, b) => b.bytes - a.bytes)) {
      const open = [...owner.bodies].filter(({ refuse, bytes }) => refuse && bytes > 0);
      const [largest] = open.toSorted((a, b) => b.bytes - a.bytes);
      if (largest) return [largest, owner];
    }
    return undefined;
  }
}

function refusal(status: number, problem: string): AppError {
  return new AppError("rate_limited", `${problem} Please try again in a few seconds.`, {
    status,
    retryable: true,
    retryAfterMs: RETRY_MS,
    reason: "uploads",
  });
}
