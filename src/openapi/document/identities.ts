/** Finds the resources and anchors that documents name themselves: `$self`, `$id`, `$anchor` and `$dynamicAnchor`. */
import { DocumentError } from "../../errors.ts";
import { type Library, type LoadedDocument, type Located, resolveUri } from "./library.ts";
import { escapePointerSegment } from "./pointer.ts";
import { isObject, type JsonObject } from "./value.ts";

/** The resources of schemas with an `$id`, each created once. */
export class Resources {
  readonly #bySchema = new WeakMap<object, LoadedDocument>();

  /**
   * Returns the resource that a value is, or `document` when it is none. An `$id` with a fragment only is an anchor:
   * https://json-schema.org/draft-07/json-schema-core#rfc.section.8.2.3
   */
  enter(value: JsonObject, document: LoadedDocument): LoadedDocument {
    const { $id } = value;
    const isEntered = document.parent !== undefined && value === document.root;
    // Before 3.1, fields next to a `$ref` are ignored.
    const isIgnored = typeof value.$ref === "string" && document.openApiVersion !== "3.1";
    if (typeof $id !== "string" || $id.startsWith("#") || isEntered || isIgnored) return document;
    let resource = this.#bySchema.get(value);
    if (resource === undefined) {
      const baseUri = resolveUri($id, document.baseUri ?? document.location);
      const { location, openApiVersion } = document;
      resource = { location, root: value, openApiVersion, baseUri, parent: document };
      this.#bySchema.set(value, resource);
    }
    return resource;
  }
}

export interface Identities {
  /** Resources and documents by URI, by `$id` as written, and by {@link localKey}. */
  readonly resources: ReadonlyMap<string, LoadedDocument>;
  /** Anchors of each resource. */
  readonly anchors: ReadonlyMap<LoadedDocument, ReadonlyMap<string, Located>>;
}

/** Returns the key of a resource within its document. */
export function localKey(uri: string, location: string): string {
  return `${location}\0${uri}`;
}

/** Walks every document. Visits each object once, because YAML aliases share subtrees. */
export function collectIdentities(library: Library, resources: Resources): Identities {
  const byUri = new Map<string, LoadedDocument>();
  const anchors = new Map<LoadedDocument, Map<string, Located>>();
  const addResource = (uri: string, resource: LoadedDocument) => {
    for (const key of [uri, localKey(uri, resource.location)]) if (!byUri.has(key)) byUri.set(key, resource);
  };
  const addAnchor = (resource: LoadedDocument, name: string, located: Located) => {
    const known = anchors.get(resource) ?? new Map<string, Located>();
    if (!known.has(name)) known.set(name, located);
    anchors.set(resource, known);
  };
  for (const document of library.documents.values()) {
    if (document instanceof DocumentError) continue;
    if (document.baseUri !== undefined) addResource(document.baseUri, document);
    const seen = new Set<object>();
    const pending = [{ value: document.root, resource: document, pointer: "" }];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const { value, pointer } = next;
      if (typeof value !== "object" || value === null || seen.has(value)) continue;
      seen.add(value);
      let { resource } = next;
      if (isObject(value)) {
        const entered = resources.enter(value, resource);
        if (entered !== resource && entered.baseUri !== undefined) {
          resource = entered;
          addResource(entered.baseUri, resource);
          addResource(String(value.$id), resource);
        }
        for (const name of listAnchors(value)) {
          const located = { value, document: resource, key: `${document.location}#${pointer}` };
          addAnchor(resource, name, located);
          if (resource !== document) addAnchor(document, name, located);
        }
      }
      // Reversed, so that the first entry is visited first.
      for (const [key, entry] of Object.entries(value).reverse())
        if (typeof entry === "object" && entry !== null)
          pending.push({ value: entry, resource, pointer: `${pointer}/${escapePointerSegment(key)}` });
    }
  }
  return { resources: byUri, anchors };
}

function listAnchors({ $anchor, $dynamicAnchor, $id }: JsonObject): readonly string[] {
  const names = [
    $anchor,
    $dynamicAnchor,
    typeof $id === "string" && /^#[^/]/.test($id) ? $id.slice(1) : undefined,
  ];
  return names.filter((name) => typeof name === "string");
}
