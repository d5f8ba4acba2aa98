import { describeLibrary } from "./description.ts";
import type { ByteBudget } from "./document/byte-budget.ts";
import { extractUrlCredentials } from "./document/credentials.ts";
import { STANDARD_INPUT } from "./document/library.ts";
import { createByteBudget, loadLibrary, type RootText, readRoot } from "./document/load.ts";
import { NO_IO, type ReadIo } from "./document/read-io.ts";
import type { ApiDescription } from "./types.ts";

/**
 * Reads an API's description from a file path, an http(s) URL, or `-` for standard input, with every document it refers
 * to. Operations that cannot be offered are in `rejected`. `overlays` are paths or URLs, laid over the root document in
 * their order.
 * @throws DocumentError, its message one line for the user, when there is no description to be had.
 */
export async function readDescription(
  address: string,
  baseIo: ReadIo,
  overlays: readonly string[] = [],
): Promise<ApiDescription> {
  const { source, io } = extractUrlCredentials(address, baseIo);
  const budget = createByteBudget(io);
  const root = await readRoot(source, io, budget);
  return readRootText(root, source === "-" ? STANDARD_INPUT : source, overlays, io, budget);
}

/**
 * The same from a text in hand. `location` is the path or URL that its references and relative server URLs are relative
 * to; what is at neither is just a name for messages. Without `io` it may refer only to itself.
 * @throws DocumentError
 */
export async function readDescriptionText(
  text: string,
  location: string,
  io: ReadIo = NO_IO,
  overlays: readonly string[] = [],
): Promise<ApiDescription> {
  return readRootText({ text, location }, location, overlays, io, createByteBudget(io));
}

async function readRootText(
  root: RootText,
  source: string,
  overlayAddresses: readonly string[],
  io: ReadIo,
  budget: ByteBudget,
): Promise<ApiDescription> {
  if (overlayAddresses.length === 0) return describeLibrary(await loadLibrary(root, io, budget), source);
  // Loaded only when there are any: their libraries would cost every start some milliseconds.
  const { readOverlays } = await import("./overlay/apply.ts");
  const overlays = await readOverlays(overlayAddresses, io, budget);
  const description = describeLibrary(await loadLibrary(root, io, budget, overlays), source);
  const { report } = overlays;
  return { ...description, documents: [...description.documents, ...report.locations], overlays: report };
}
