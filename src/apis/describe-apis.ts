/** Describes all APIs of the settings, at the start and at each reload. */
import { resolveApiSettings } from "../config/per-api.ts";
import type { Config } from "../config/settings.ts";
import type { ShopServer } from "../demo/shop.ts";
import { DocumentError, StartError } from "../errors.ts";
import type { ReadIo } from "../openapi/document/read-io.ts";
import { type DescribedApi, describeApi, describeShop } from "./describe-api.ts";
import { assertSameOrigin } from "./origin-pinning.ts";

export interface LoadOptions {
  /** False accepts an API without a known address. */
  readonly requiresBaseUrl: boolean;
  /** Whether people are served meanwhile. Documents are then read in a worker, and other work runs in slices. */
  readonly isServing?: boolean;
  /** The APIs before a reload. One that cannot be read again, or that names another origin, stays in use. */
  readonly previous?: readonly DescribedApi[] | undefined;
}

export type ReloadFailure = DocumentError | StartError;

/** An API, and why it is the previous version. */
interface DescribedAgain {
  readonly described: DescribedApi;
  readonly failure?: ReloadFailure;
}

/** @throws DocumentError or StartError for an API without a previous version. */
export function describeApis(
  config: Config,
  io: ReadIo,
  shop: ShopServer | undefined,
  { requiresBaseUrl, isServing = false, previous = [] }: LoadOptions,
): Promise<readonly DescribedAgain[]> {
  if (shop !== undefined)
    return Promise.all([describeAgain(() => describeShop(shop, config.overlay, io), previous[0])]);
  return Promise.all(
    resolveApiSettings(config).map((settings, index) => {
      const describe = () => describeApi(settings, io, requiresBaseUrl, isServing);
      return describeAgain(describe, previous[index], settings.spec === "-");
    }),
  );
}

/**
 * Loads an API. Keeps its previous version when that fails, or when it cannot be read twice.
 * @throws DocumentError or StartError when there is no previous version.
 */
async function describeAgain(
  describe: () => Promise<DescribedApi>,
  previous: DescribedApi | undefined,
  isReadOnce = false,
): Promise<DescribedAgain> {
  if (previous === undefined) return { described: await describe() };
  if (isReadOnce) return { described: previous };
  try {
    const described = await describe();
    assertSameOrigin(previous, described);
    return { described };
  } catch (error) {
    if (!(error instanceof DocumentError || error instanceof StartError)) throw error;
    return { described: previous, failure: error };
  }
}
