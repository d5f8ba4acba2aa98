/** Collects the values of the credentials that a request can carry. */
import type { Api } from "../types.ts";
import type { ResolvedCredential } from "./credentials.ts";
import type { CallerCredentials, StaticCredential } from "./types.ts";

/** Headers of the settings or of a caller that identify nobody, whatever they hold. */
const PLAIN_HEADER =
  /^(accept.*|content-.*|user-agent|host|origin|referer|prefer|cache-control|traceparent|.*(tenant|org|account|workspace|project|region|locale|lang|language|version|user|username|client-id|request-id|correlation-id))$/i;
/** Names of headers and cookies whose value is a credential, however short. */
const SECRET_NAME = /auth|key|token|secret|passw|session|sid\b|credential|signature|jwt|assertion|csrf|xsrf/i;
const MIN_LENGTH = 4;
/** Characters of a value whose name does not say that it is a credential. */
const MIN_UNNAMED_LENGTH = 8;

/** Returns the credentials of the settings and of the caller for an API, and the tokens that were fetched with them. */
export function collectSecrets(
  api: Api,
  caller: CallerCredentials | undefined,
  resolved: readonly ResolvedCredential[],
): readonly string[] {
  const credentials = [
    ...Object.values(api.credentials ?? {}),
    ...Object.values(caller?.schemes ?? {}),
    ...resolved.map(({ credential }) => credential),
  ];
  const headers = [...Object.entries(api.headers), ...Object.entries(caller?.headers ?? {})];
  return select([...credentials.flatMap(valuesOf), ...headers.flatMap(readHeader)]);
}

/** Returns the credentials among headers, variables or parameters with their names. */
export function collectNamedSecrets(entries: Iterable<readonly [string, string]>): readonly string[] {
  return select([...entries].flatMap(readHeader));
}

function select(values: readonly string[]): readonly string[] {
  return [...new Set(values)].filter(({ length }) => length >= MIN_LENGTH);
}

function valuesOf(credential: StaticCredential): readonly string[] {
  switch (credential.type) {
    case "apiKey":
      return withoutScheme(credential.value);
    case "bearer":
      return withoutScheme(credential.token);
    case "basic":
      return [credential.password, toBase64(`${credential.username}:${credential.password}`)];
    case "client": {
      const { clientId, clientSecret } = credential;
      return [clientSecret, toBase64([clientId, clientSecret].map(encodeURIComponent).join(":"))];
    }
  }
}

function readHeader([name, value]: readonly [string, string]): readonly string[] {
  if (name.toLowerCase() === "cookie")
    return value.split(";").flatMap((pair) => {
      const [, cookie = "", text = ""] = /^\s*([^=]*)=(.*?)\s*$/s.exec(pair) ?? [];
      return isSecret(cookie, text) ? [text] : [];
    });
  if (PLAIN_HEADER.test(name) || !isSecret(name, value)) return [];
  const [secret = value] = withoutScheme(value).slice(-1);
  // The password of Basic, too.
  const decoded = /^basic /i.test(value) ? Buffer.from(secret, "base64").toString("utf8") : "";
  const password = decoded.slice(decoded.indexOf(":") + 1);
  return password === "" ? [secret] : [secret, password];
}

function isSecret(name: string, value: string): boolean {
  return SECRET_NAME.test(name) || value.length >= MIN_UNNAMED_LENGTH;
}

/** Returns a value, or what follows its authentication scheme: `Bearer abc`. */
function withoutScheme(value: string): readonly string[] {
  const [, secret] = /^[A-Za-z][\w-]* (\S.*)$/s.exec(value) ?? [];
  return [secret ?? value];
}

function toBase64(text: string): string {
  return Buffer.from(text, "utf8").toString("base64");
}
