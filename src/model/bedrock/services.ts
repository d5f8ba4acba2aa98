/** One client for each region, made at its first use: only then is the SDK loaded. */
import type { BedrockOptions, Service } from "./types.ts";

export class Services {
  readonly #options: BedrockOptions;
  readonly #open = new Map<string, Promise<Service>>();

  constructor(options: BedrockOptions) {
    this.#options = options;
  }

  of(region: string): Promise<Service> {
    const known = this.#open.get(region);
    if (known) return known;
    const opening = import("./service.ts")
      .then(({ connect }) => connect({ ...this.#options, region }))
      .catch((error: unknown) => {
        this.#open.delete(region);
        throw error;
      });
    this.#open.set(region, opening);
    return opening;
  }

  close(): void {
    for (const opening of this.#open.values())
      void opening.then(
        (service) => service.close(),
        () => {},
      );
  }
}
