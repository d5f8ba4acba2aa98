/** The entry points: read an API description from an address or a text. */
import { describeLibrary } from "./description.ts";
import { decodeText } from "./document/byte-budget.ts";
import { extractUrlCredentials } from "./document/credentials.ts";
import { STANDARD_INPUT } from "./document/library.ts";
import { loadLibrary, type RootText } from "./document/load.ts";
import { NO_IO, type ReadIo } from "./document/read-io.ts";
import { createDocumentSource, type DocumentSource } from "./document/source.ts";
import type { ApiDescription } from "./types.ts";

/** What to read, and from where. */
export interface DescriptionRequest {
  /** A file path, an http(s) URL, or `-` for standard input. Without credentials. */
  readonly address: string;
  /** Paths or URLs of overlays, applied to the root document in order. */
  readonly overlays: readonly string[];
  readonly maxReadMs: number | undefined;
}

/**
 * Reads an API description from a file path, an http(s) URL or, for `-`, standard input, with all documents that it
 * refers to. Operations that cannot be used are in `rejected`. `overlays` are paths or URLs, applied to the root
 * document in order.
 * @throws DocumentError when the description cannot be read. Its message is one line for the user.
 */
export function readDescription(
  address: string,
  baseIo: ReadIo,
  overlays: readonly string[] = [],
): Promise<ApiDescription> {
  const { source, io } = extractUrlCredentials(address, baseIo);
  const { maxReadMs } = io;
  return readFromSource({ address: source, overlays, maxReadMs }, createDocumentSource(io));
}

/** Reads an API description from a source. @throws DocumentError when the description cannot be read. */
export async function readFromSource(
  request: DescriptionRequest,
  source: DocumentSource,
): Promise<ApiDescription> {
  const { address } = request;
  const { bytes, location } = await source.readRoot(address);
  const label = address === "-" ? STANDARD_INPUT : address;
  return readRootText({ text: decodeText(bytes), location }, label, source, request);
}

/**
 * Reads an API description from a text. `location` is its path or URL, which references and server URLs resolve
 * against, or a name for messages. Without `io`, the text may refer only to itself.
 * @throws DocumentError when the description cannot be read.
 */
export function readDescriptionText(
  text: string,
  location: string,
  io: ReadIo = NO_IO,
  overlays: readonly string[] = [],
): Promise<ApiDescription> {
  const { maxReadMs } = io;
  return readRootText({ text, location }, location, createDocumentSource(io), { overlays, maxReadMs });
}

async function readRootText(
  root: RootText,
  label: string,
  source: DocumentSource,
  { overlays: addresses, maxReadMs }: Pick<DescriptionRequest, "overlays" | "maxReadMs">,
): Promise<ApiDescription> {
  if (addresses.length === 0) return describeLibrary(await loadLibrary(root, source), label, maxReadMs);
  // Imported on demand: the libraries would add some milliseconds to every start.
  const { readOverlays } = await import("./overlay/apply.ts");
  const overlays = await readOverlays(addresses, source);
  const description = describeLibrary(await loadLibrary(root, source, overlays), label, maxReadMs);
  const { report } = overlays;
  return { ...description, documents: [...description.documents, ...report.locations], overlays: report };
}
