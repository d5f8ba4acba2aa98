/** The entry points: read an API description from an address or a text. */
import { describeLibrary } from "./description.ts";
import type { ByteBudget } from "./document/byte-budget.ts";
import { extractUrlCredentials } from "./document/credentials.ts";
import { STANDARD_INPUT } from "./document/library.ts";
import { createByteBudget, loadLibrary, type RootText, readRoot } from "./document/load.ts";
import { NO_IO, type ReadIo } from "./document/read-io.ts";
import type { ApiDescription } from "./types.ts";

/**
 * Reads an API description from a file path, an http(s) URL or, for `-`, standard input, with all documents that it
 * refers to. Operations that cannot be used are in `rejected`. `overlays` are paths or URLs, applied to the root
 * document in order.
 * @throws DocumentError when the description cannot be read. Its message is one line for the user.
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
 * Reads an API description from a text. `location` is its path or URL, which references and server URLs resolve
 * against, or a name for messages. Without `io`, the text may refer only to itself.
 * @throws DocumentError when the description cannot be read.
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
  const { maxReadMs } = io;
  if (overlayAddresses.length === 0)
    return describeLibrary(await loadLibrary(root, io, budget), source, maxReadMs);
  // Imported on demand: the libraries would add some milliseconds to every start.
  const { readOverlays } = await import("./overlay/apply.ts");
  const overlays = await readOverlays(overlayAddresses, io, budget);
  const description = describeLibrary(await loadLibrary(root, io, budget, overlays), source, maxReadMs);
  const { report } = overlays;
  return { ...description, documents: [...description.documents, ...report.locations], overlays: report };
}
