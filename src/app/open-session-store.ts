/** Opens the session store of the settings. */
import type { Config } from "../config/settings.ts";
import type { Ports } from "../context.ts";
import { type OpenedStore, openStore } from "../store/open.ts";

/**
 * Opens the store.
 * @param readOnly promises not to write, so that another process may use the same file.
 * @throws StartError
 */
export async function openSessionStore(
  config: Config,
  { now, network, store }: Pick<Ports, "now" | "network" | "store">,
  readOnly = false,
): Promise<OpenedStore> {
  if (store) return { store, expiresItself: true, hasExclusiveDataDir: false, warnings: [] };
  const transport = async () => {
    // Loaded only for DynamoDB.
    const { createTransport } = await import("../model/bedrock/transport.ts");
    return createTransport({
      connectTimeoutMs: config.connectTimeout * 1000,
      proxyEnvironment: network?.proxies,
      certificates: network?.certificates,
    });
  };
  return openStore(config.store, { ...config, now, readOnly, transport });
}
