/** Loads the root document and, breadth first, every document that a `$ref` names. */
import { fileURLToPath } from "node:url";
import { DocumentError } from "../../errors.ts";
import { findAccessViolation, isAllowedHost } from "./access-policy.ts";
import type { ByteBudget } from "./byte-budget.ts";
import { readFileText, readText } from "./byte-budget.ts";
import { fetchText } from "./fetch-text.ts";
import {
  type DocumentTransform,
  isUrl,
  type Library,
  type LoadedDocument,
  resolveLocation,
  STANDARD_INPUT,
  splitReference,
} from "./library.ts";
import { parseText } from "./parse.ts";
import { DEFAULT_MAX_BYTES, type ReadIo } from "./read-io.ts";
import { isObject } from "./value.ts";
import { detectVersion } from "./version.ts";

const MAX_DOCUMENTS = 2000;

/** The text of a root document and its location, after redirects. */
export interface RootText {
  readonly text: string;
  readonly location: string;
}

/**
 * Reads a root document from a file path, an http(s) URL or, for `-`, standard input.
 * @throws DocumentError
 */
export async function readRoot(source: string, io: ReadIo, budget: ByteBudget): Promise<RootText> {
  if (source === "-")
    return { text: await readText(io.readStdin(), STANDARD_INPUT, budget), location: STANDARD_INPUT };
  if (!isUrl(source)) {
    const path = toFilePath(source);
    return { text: await readFile(path, io, budget), location: path };
  }
  if (!URL.canParse(source)) throw new DocumentError(source, "is not a URL");
  const { origin } = new URL(source);
  const fetched = await fetchText(
    source,
    io,
    budget,
    (url) => url.origin === origin || isAllowedHost(url, io),
  );
  return { text: fetched.text, location: fetched.url };
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

export function createByteBudget(io: ReadIo): ByteBudget {
  const limit = io.maxBytes ?? DEFAULT_MAX_BYTES;
  return { limit, remaining: limit };
}

/**
 * Parses the root document and loads every document that it refers to, directly or not. A referenced document that
 * cannot be read becomes an error in the library: only operations that need it fail.
 * @throws DocumentError when the root is not an OpenAPI document.
 */
export async function loadLibrary(
  rootText: RootText,
  io: ReadIo,
  budget: ByteBudget,
  transform?: DocumentTransform,
): Promise<Library> {
  const parsed = parseText(rootText.text, rootText.location);
  detectVersion(parsed, rootText.location);
  const value = transform ? transform.apply(parsed, rootText.location) : parsed;
  const openApiVersion = detectVersion(value, rootText.location);
  const root: LoadedDocument = { location: rootText.location, root: value, openApiVersion };
  const documents = new Map<string, LoadedDocument | DocumentError>([[root.location, root]]);
  // Without a reference to another document, walking the values would be wasted time.
  const texts = [rootText.text, ...(transform?.texts ?? [])];
  if (!texts.some(hasExternalReference)) return { root, documents };

  let frontier: readonly LoadedDocument[] = [root];
  while (frontier.length > 0) {
    const missing = new Map<string, LoadedDocument>();
    for (const document of frontier)
      for (const location of findReferencedLocations(document))
        if (!documents.has(location) && documents.size + missing.size < MAX_DOCUMENTS)
          missing.set(location, document);
    const loaded = await Promise.all(
      [...missing].map(async ([location, from]) => ({
        location,
        result: await loadDocument(location, from, root, io, budget),
      })),
    );
    for (const { location, result } of loaded) documents.set(location, result);
    frontier = loaded.flatMap(({ result }) => (result instanceof DocumentError ? [] : [result]));
  }
  return { root, documents };
}

function hasExternalReference(text: string): boolean {
  const pattern = /\$ref["']?\s*:\s*["']?[^\s"'#]/y;
  for (let index = text.indexOf("$ref"); index !== -1; index = text.indexOf("$ref", index + 1)) {
    pattern.lastIndex = index;
    if (pattern.test(text)) return true;
  }
  return false;
}

async function loadDocument(
  location: string,
  from: LoadedDocument,
  root: LoadedDocument,
  io: ReadIo,
  budget: ByteBudget,
): Promise<LoadedDocument | DocumentError> {
  try {
    const violation = await findAccessViolation(location, from.location, root.location, io);
    if (violation !== undefined) return new DocumentError(location, violation);
    const text = isUrl(location)
      ? await fetchDocument(location, io, budget)
      : await readFile(location, io, budget);
    const value = parseText(text, location);
    const isOpenApiDocument = isObject(value) && ("openapi" in value || "swagger" in value);
    return {
      location,
      root: value,
      openApiVersion: isOpenApiDocument ? detectVersion(value, location) : root.openApiVersion,
    };
  } catch (error) {
    if (error instanceof DocumentError) return error;
    return new DocumentError(location, describeFileError(error));
  }
}

async function fetchDocument(location: string, io: ReadIo, budget: ByteBudget): Promise<string> {
  const { origin } = new URL(location);
  const isAllowed = (url: URL) => url.origin === origin || isAllowedHost(url, io);
  return (await fetchText(location, io, budget, isAllowed)).text;
}

async function readFile(path: string, io: ReadIo, budget: ByteBudget): Promise<string> {
  try {
    return await readFileText(io.readFile(path), path, budget);
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

/**
 * Returns the locations of the other documents that a document refers to. Visits each object once, because YAML aliases
 * share subtrees, and without recursion, because documents may be deep.
 */
function findReferencedLocations(document: LoadedDocument): Set<string> {
  const locations = new Set<string>();
  const seen = new Set<object>();
  const pending: unknown[] = [document.root];
  while (pending.length > 0) {
    const value = pending.pop();
    if (typeof value !== "object" || value === null || seen.has(value)) continue;
    seen.add(value);
    for (const [key, entry] of Object.entries(value)) {
      if (key === "$ref" && typeof entry === "string" && !entry.startsWith("#")) {
        const location = resolveLocation(splitReference(entry).address, document.location);
        if (location !== undefined) locations.add(location);
      } else if (typeof entry === "object" && entry !== null) pending.push(entry);
    }
  }
  return locations;
}
