/** Parses and resolves settings that can apply to one of several APIs, written `name=value`. */

export interface PerApiValue {
  /** The name of the API; undefined when the value has none. */
  readonly name: string | undefined;
  readonly value: string;
}

/** Splits `name=value`. A name is lower case, so `https://host/?a=b`, `X-Key: a=b` and `C:\a=b` have none. */
export function parsePerApiValue(text: string): PerApiValue {
  const match = /^([a-z][a-z0-9_-]*)=(.*)$/s.exec(text);
  return { name: match?.[1], value: match?.[2] ?? text };
}

/** The settings of one API, collected from `--spec`, `--base-url` and the other per-API settings. */
export interface ApiSettings {
  /** The unique name; empty for a single API without a name. */
  readonly name: string;
  /** A path, a URL or `-`. */
  readonly spec: string;
  readonly baseUrl: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** Credentials, each as `SCHEME: VALUE`. */
  readonly credentials: readonly string[];
  /** Headers for fetching the document. */
  readonly specHeaders: Readonly<Record<string, string>>;
  /** Names of headers and cookies in the caller's request. */
  readonly forwardHeaders: readonly string[];
  readonly forwardCookies: readonly string[];
  /** Paths of PEM files. */
  readonly clientCert: string | undefined;
  readonly clientKey: string | undefined;
  readonly ca: string | undefined;
  /** Paths or URLs in the order in which they are applied. */
  readonly overlays: readonly string[];
}

/** The settings whose entries can apply to one of several APIs. */
export const PER_API_SETTINGS = [
  "spec",
  "baseUrl",
  "apiHeader",
  "apiCredential",
  "specHeader",
  "forwardHeaders",
  "forwardCookies",
  "apiClientCert",
  "apiClientKey",
  "apiCa",
  "overlay",
] as const;
export type PerApiSetting = (typeof PER_API_SETTINGS)[number];
type ApiLists = Readonly<Record<PerApiSetting, readonly string[]>>;

/** Settings whose entries must name an API when there are several, so that credentials never go to all of them. */
const SINGLE_API_SETTINGS = new Set<PerApiSetting>([
  "baseUrl",
  "apiCredential",
  "forwardHeaders",
  "forwardCookies",
  "apiClientCert",
  "apiClientKey",
]);

/**
 * Returns the settings of each API in the order of `--spec`. With several APIs, an API without a name is named after its
 * document's file. Entries without a name apply to every API.
 */
export function resolveApiSettings(lists: ApiLists): readonly ApiSettings[] {
  const specs = lists.spec.map(parsePerApiValue);
  const names = assignApiNames(specs);
  const baseUrls = lists.baseUrl.map(parsePerApiValue);
  return specs.map(({ value }, index) => {
    const name = names[index] ?? "";
    const belongsToApi = (entry: PerApiValue) => entry.name === undefined || entry.name === name;
    const valuesOfApi = (entries: readonly string[]) =>
      entries
        .map(parsePerApiValue)
        .filter(belongsToApi)
        .map((entry) => entry.value);
    return {
      name,
      spec: value,
      baseUrl: baseUrls.findLast(belongsToApi)?.value,
      headers: Object.fromEntries(valuesOfApi(lists.apiHeader).map(parseHeader)),
      credentials: valuesOfApi(lists.apiCredential),
      specHeaders: Object.fromEntries(valuesOfApi(lists.specHeader).map(parseHeader)),
      forwardHeaders: valuesOfApi(lists.forwardHeaders),
      forwardCookies: valuesOfApi(lists.forwardCookies),
      clientCert: valuesOfApi(lists.apiClientCert).at(-1),
      clientKey: valuesOfApi(lists.apiClientKey).at(-1),
      ca: valuesOfApi(lists.apiCa).at(-1),
      overlays: valuesOfApi(lists.overlay),
    };
  });
}

/** Returns the errors between the lists: unknown, duplicate and missing API names. */
export function validatePerApiSettings(lists: ApiLists): readonly string[] {
  const specs = lists.spec.map(parsePerApiValue);
  const names = assignApiNames(specs);
  const known = names.join(", ");
  const explicitNames = specs.flatMap(({ name }) => name ?? []);
  const errors = explicitNames
    .filter((name, index) => explicitNames.indexOf(name) !== index)
    .map((name) => `spec: two documents are named "${name}"; names must be unique`);
  if (lists.spec.filter((spec) => parsePerApiValue(spec).value === "-").length > 1)
    errors.push("spec: only one document can be read from standard input");
  for (const setting of PER_API_SETTINGS.filter((one) => one !== "spec")) {
    for (const { name } of lists[setting].map(parsePerApiValue)) {
      if (name !== undefined && !names.includes(name))
        errors.push(
          names.some((apiName) => apiName !== "")
            ? `${setting}: unknown API "${name}"; expected one of ${known}`
            : `${setting}: unknown API "${name}"; name the API with --spec ${name}=…`,
        );
      else if (name === undefined && SINGLE_API_SETTINGS.has(setting) && specs.length > 1)
        errors.push(`${setting}: prefix the value with its API as name=…; expected one of ${known}`);
    }
  }
  return errors;
}

/** Key of an API in a config file → its setting. `pairs` is a mapping of `Name: value`, `list` one or several values. */
const FILE_KEYS: Readonly<
  Record<string, { readonly setting: PerApiSetting; readonly form?: "pairs" | "list" }>
> = {
  spec: { setting: "spec" },
  base_url: { setting: "baseUrl" },
  headers: { setting: "apiHeader", form: "pairs" },
  credentials: { setting: "apiCredential", form: "pairs" },
  spec_headers: { setting: "specHeader", form: "pairs" },
  forward_headers: { setting: "forwardHeaders", form: "list" },
  forward_cookies: { setting: "forwardCookies", form: "list" },
  client_cert: { setting: "apiClientCert" },
  client_key: { setting: "apiClientKey" },
  ca: { setting: "apiCa" },
  overlays: { setting: "overlay", form: "list" },
};

/**
 * Parses `apis` of a config file into setting values. Each name has its document (`github: github.json`) or the keys above.
 * @throws Error whose message names the allowed values.
 */
export function parseApis(apis: unknown): ReadonlyMap<PerApiSetting, readonly string[]> {
  const lists = new Map<PerApiSetting, string[]>();
  for (const [name, api] of Object.entries(asRecord(apis))) {
    if (parsePerApiValue(`${name}=`).name !== name)
      throw new Error(
        `${name}: an API name begins with a letter and has only lower-case letters, digits, - and _`,
      );
    const apiFields = asRecord(typeof api === "string" ? { spec: api } : api);
    for (const [key, value] of Object.entries(apiFields)) {
      const fileKey = FILE_KEYS[snakeCase(key)];
      if (!fileKey)
        throw new Error(`${name}: unknown key ${key}; expected one of ${Object.keys(FILE_KEYS).join(", ")}`);
      const entries =
        fileKey.form === "pairs"
          ? Object.entries(asRecord(value)).map(([header, text]) => `${header}: ${scalarToString(text)}`)
          : (fileKey.form === "list" ? [value].flat() : [value]).map(scalarToString);
      const list = lists.get(fileKey.setting) ?? [];
      lists.set(fileKey.setting, [...list, ...entries.map((entry) => `${name}=${entry}`)]);
    }
    if (!("spec" in apiFields)) throw new Error(`${name}: spec is missing`);
  }
  return lists;
}

function snakeCase(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`).replaceAll("-", "_");
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new Error("expected an API as name: { spec, base_url, headers … }");
  return { ...value };
}

function scalarToString(value: unknown): string {
  if (typeof value === "string" || typeof value === "number") return String(value);
  throw new Error("the values of an API must be texts");
}

/** Splits `Name: value` into `["Name", "value"]`. @throws Error whose message names the allowed values. */
export function parseHeader(text: string): readonly [name: string, value: string] {
  const match = /^([\w!#$%&'*+.^`|~-]+):[ \t]*([^\r\n]*)$/.exec(text);
  if (match === null) throw new Error("a header of the form NAME: VALUE");
  return [match[1] ?? "", (match[2] ?? "").trim()];
}

function assignApiNames(specs: readonly PerApiValue[]): readonly string[] {
  const usedNames = new Set(specs.flatMap(({ name }) => name ?? []));
  return specs.map(({ name, value }) => {
    if (name !== undefined) return name;
    if (specs.length === 1) return "";
    const stem = deriveApiName(value);
    for (let count = 1; ; count += 1) {
      const candidate = count === 1 ? stem : `${stem}-${count}`;
      if (usedNames.has(candidate)) continue;
      usedNames.add(candidate);
      return candidate;
    }
  });
}

function deriveApiName(spec: string): string {
  const file =
    spec
      .replace(/[?#].*$/, "")
      .split(/[\\/]/)
      .filter(Boolean)
      .at(-1) ?? "";
  const slug = file
    .toLowerCase()
    .replace(/\.(json|ya?ml)$/, "")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "");
  return slug === "" ? "api" : slug;
}
