/** Reads the bytes of documents from files, URLs and standard input. */
import { fileURLToPath } from "node:url";
import { DocumentError } from "../../errors.ts";
import { findAccessViolation, isAllowedHost } from "./access-policy.ts";
import { type ByteBudget, readBytes, readFileBytes } from "./byte-budget.ts";
import { extractUrlCredentials } from "./credentials.ts";
import { fetchDocument } from "./fetch-document.ts";
import { isUrl, STANDARD_INPUT } from "./library.ts";
import { DEFAULT_MAX_BYTES, type ReadIo } from "./read-io.ts";

/** The bytes of a root document or overlay and its location, after redirects. */
export interface RootBytes {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly location: string;
}

/** The documents of one description. All of them share one limit of bytes. */
export interface DocumentSource {
  /**
   * Reads a root document or overlay from a file path, an http(s) URL or, for `-`, standard input.
   * @throws DocumentError
   */
  readRoot(address: string): Promise<RootBytes>;
  /**
   * Reads a document that the document at `from` refers to, if the access policy allows it. `root` is the location of the
   * root document.
   * @throws DocumentError
   */
  readReferenced(location: string, from: string, root: string): Promise<Uint8Array<ArrayBuffer>>;
}

export function createDocumentSource(io: ReadIo): DocumentSource {
  const limit = io.maxBytes ?? DEFAULT_MAX_BYTES;
  const budget: ByteBudget = { limit, remaining: limit };
  return {
    async readRoot(address) {
      const { source, io: rootIo } = extractUrlCredentials(address, io);
      if (source === "-") {
        const bytes = await readBytes(io.readStdin(), STANDARD_INPUT, budget);
        return { bytes, location: STANDARD_INPUT };
      }
      if (!isUrl(source)) {
        const path = toFilePath(source);
        return { bytes: await readFile(path, io, budget), location: path };
      }
      if (!URL.canParse(source)) throw new DocumentError(source, "is not a URL");
      const { bytes, url } = await fetchFromOrigin(source, rootIo, budget);
      return { bytes, location: url };
    },
    async readReferenced(location, from, root) {
      try {
        const violation = await findAccessViolation(location, from, root, io);
        if (violation !== undefined) throw new DocumentError(location, violation);
      } catch (error) {
        throw error instanceof DocumentError ? error : new DocumentError(location, describeFileError(error));
      }
      return isUrl(location)
        ? (await fetchFromOrigin(location, io, budget)).bytes
        : await readFile(location, io, budget);
    },
  };
}

function fetchFromOrigin(location: string, io: ReadIo, budget: ByteBudget) {
  const { origin } = new URL(location);
  return fetchDocument(location, io, budget, (url) => url.origin === origin || isAllowedHost(url, io));
}

/** Returns the path of a file path or `file:` URL. A drive letter is not a scheme. */
function toFilePath(source: string): string {
  if (/^file:\/\//i.test(source)) return fileURLToPath(source);
  if (/^[a-z][a-z\d+.-]+:\/\//i.test(source))
    throw new DocumentError(
      source,
      "is not supported; pass a file, an http or https URL, or - for standard input",
    );
  return source;
}

async function readFile(path: string, io: ReadIo, budget: ByteBudget): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await readFileBytes(io.readFile(path), path, budget);
  } catch (error) {
    if (error instanceof DocumentError) throw error;
    throw new DocumentError(path, describeFileError(error));
  }
}

function describeFileError(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT" || code === "ENOTDIR") return "there is no such file";
  if (code === "EISDIR") return "is a folder, not a file";
  if (code === "EACCES" || code === "EPERM") return "cannot be read: permission denied";
  return `cannot be read: ${error instanceof Error ? error.message : String(error)}`;
}
