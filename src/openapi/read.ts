import { withoutCredentials } from "./credentials.ts";
import { describe } from "./description.ts";
import { STANDARD_INPUT } from "./library.ts";
import { loadLibrary, newBudget, readRoot } from "./load.ts";
import { NO_IO, type ReadIo } from "./read-io.ts";
import type { ApiDescription } from "./types.ts";

/**
 * Reads an API's description from a file path, an http(s) URL, or `-` for standard input, with every document it refers
 * to. Operations that cannot be offered are in `rejected`.
 * @throws DocumentError, its message one line for the user, when there is no description to be had.
 */
export async function readDescription(address: string, world: ReadIo): Promise<ApiDescription> {
  const { source, io } = withoutCredentials(address, world);
  const budget = newBudget(io);
  const root = await readRoot(source, io, budget);
  const library = await loadLibrary(root, io, budget);
  return describe(library, source === "-" ? STANDARD_INPUT : source);
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
): Promise<ApiDescription> {
  const library = await loadLibrary({ text, location }, io, newBudget(io));
  return describe(library, location);
}
