import { type LoadedDocument, resolveLocation, resolveUri, splitReference } from "./library.ts";
import { isObject } from "./value.ts";

interface FoundReference {
  readonly address: string;
  readonly baseUri: string | undefined;
}

/**
 * Returns the locations of the other documents that a document refers to. With a base URI (`$self`, `$id`), a reference
 * may mean two of them, unless the document itself contains what it names. Visits each object once, because YAML
 * aliases share subtrees, and without recursion, because documents may be deep.
 */
export function findReferencedLocations(document: LoadedDocument): ReadonlySet<string> {
  const references: FoundReference[] = [];
  const identities = new Set<string>(document.baseUri === undefined ? [] : [document.baseUri]);
  const seen = new Set<object>();
  const pending: { value: unknown; baseUri: string | undefined }[] = [
    { value: document.root, baseUri: document.baseUri },
  ];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { value } = next;
    if (typeof value !== "object" || value === null || seen.has(value)) continue;
    seen.add(value);
    let { baseUri } = next;
    if (isObject(value) && typeof value.$id === "string" && !value.$id.startsWith("#")) {
      baseUri = resolveUri(value.$id, baseUri ?? document.location);
      identities.add(baseUri);
    }
    for (const [key, entry] of Object.entries(value)) {
      if ((key === "$ref" || key === "$dynamicRef") && typeof entry === "string") {
        if (!entry.startsWith("#")) references.push({ address: splitReference(entry).address, baseUri });
      } else if (key === "mapping") addMappings(entry, baseUri, references);
      else if (key === "security") addRequirements(entry, baseUri, references);
      if (typeof entry === "object" && entry !== null) pending.push({ value: entry, baseUri });
    }
  }
  const locations = new Set<string>();
  for (const { address, baseUri } of references) {
    const uri = baseUri === undefined ? undefined : resolveUri(address, baseUri);
    if (uri !== undefined && identities.has(uri)) continue;
    for (const base of [baseUri, document.location]) {
      const location = base === undefined ? undefined : resolveLocation(address, base);
      if (location !== undefined && !identities.has(location)) locations.add(location);
    }
  }
  locations.delete(document.location);
  return locations;
}

/** Adds the files that the mapping of a discriminator names. A schema name has no extension. */
function addMappings(mapping: unknown, baseUri: string | undefined, references: FoundReference[]): void {
  if (!isObject(mapping)) return;
  for (const target of Object.values(mapping)) {
    const { address } = splitReference(typeof target === "string" ? target : "");
    if (/\.(json|ya?ml)$/i.test(address)) references.push({ address, baseUri });
  }
}

/** Adds the files that security requirements name by a URI. A component's name has neither a fragment nor an extension. */
function addRequirements(security: unknown, baseUri: string | undefined, references: FoundReference[]): void {
  if (!Array.isArray(security)) return;
  for (const name of security.flatMap((requirement) =>
    isObject(requirement) ? Object.keys(requirement) : [],
  )) {
    const { address } = splitReference(name);
    if (address !== "" && /#|\.(json|ya?ml)$/i.test(name)) references.push({ address, baseUri });
  }
}
