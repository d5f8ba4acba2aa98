/** Creates one client per region on first use, which also loads the SDK. */
import type { BedrockOptions, BedrockService } from "./types.ts";

export class ServicePool {
  readonly #options: BedrockOptions;
  readonly #services = new Map<string, Promise<BedrockService>>();

  constructor(options: BedrockOptions) {
    this.#options = options;
  }

  /** Returns the client of a region. A failed connection is not cached. */
  get(region: string): Promise<BedrockService> {
    const known = this.#services.get(region);
    if (known) return known;
    const opening = import("./service.ts")
      .then(({ connect }) => connect({ ...this.#options, region }))
      .catch((error: unknown) => {
        this.#services.delete(region);
        throw error;
      });
    this.#services.set(region, opening);
    return opening;
  }

  close(): void {
    for (const opening of this.#services.values())
      void opening.then(
        (service) => service.close(),
        () => {},
      );
  }
}
