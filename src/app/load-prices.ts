/** Reads the price file of the settings. */
import { ConfigError } from "../config/load.ts";
import type { Config } from "../config/settings.ts";
import type { Ports } from "../context.ts";
import { type BedrockOptions, parsePrices } from "../model/bedrock/index.ts";

/** Returns undefined when no file is configured. @throws ConfigError when the file is missing or invalid. */
export async function loadPrices(
  { prices }: Config,
  { io }: Pick<Ports, "io">,
): Promise<BedrockOptions["prices"]> {
  if (prices === undefined) return undefined;
  try {
    return parsePrices(await io.readFile(prices).text());
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError([`prices: ${prices} is not a valid price file: ${reason}`]);
  }
}
