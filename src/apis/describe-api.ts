/** One API of the settings: its document read, its address, credentials and certificates at hand. */
import type { apiSettings } from "../config/per-api.ts";
import type { ServedShop } from "../demo/shop.ts";
import { StartError } from "../errors.ts";
import { withoutCredentials } from "../openapi/document/credentials.ts";
import type { ReadIo } from "../openapi/document/read-io.ts";
import { readDescription, readDescriptionText } from "../openapi/read.ts";
import type { ApiDescription } from "../openapi/types.ts";
import { readCredentials } from "../tools/auth/static-credentials.ts";
import { decideBaseUrl } from "../tools/http/base-url.ts";
import type { Api, Tls } from "../tools/types.ts";

/** An API with the document it was read from. */
export interface DescribedApi {
  readonly api: Api;
  readonly description: ApiDescription;
  /** Origin → headers with which its documents are asked for there. Secret. */
  readonly documentHeaders: NonNullable<ReadIo["headers"]>;
}

/** RFC 2606: a host that never exists. */
const NOWHERE = "http://address.invalid";

type ApiSettings = ReturnType<typeof apiSettings>[number];

/**
 * @param needsAddress false: an API whose address cannot be told is no trouble.
 * @throws DocumentError or StartError
 */
export async function describeApi(
  settings: ApiSettings,
  io: ReadIo,
  needsAddress: boolean,
): Promise<DescribedApi> {
  const { name, spec, headers, baseUrl: fixed, specHeaders, overlays } = settings;
  const ownHeaders = URL.canParse(spec) ? { [new URL(spec).origin]: specHeaders } : {};
  const own = { ...io, headers: { ...io.headers, ...ownHeaders } };
  const documentHeaders = withoutCredentials(spec, own).io.headers ?? {};
  const description = await readDescription(spec, own, overlays);
  const { source, servers, url: documentUrl, securitySchemes } = description;
  const decided = decideBaseUrl({ setting: fixed, servers, documentUrl });
  if (decided.outcome === "unknown" && needsAddress) throw new StartError(`${source}: ${decided.problem}`);
  const baseUrl = decided.outcome === "ready" ? decided.baseUrl : NOWHERE;
  const credentials = credentialsOf(settings, securitySchemes);
  const tls = await tlsOf(settings, io);
  const api = {
    name,
    baseUrl,
    baseUrlIsFixed: fixed !== undefined,
    headers,
    credentials,
    securitySchemes,
    tls,
  };
  return { api, description, documentHeaders };
}

/** @throws StartError naming the scheme, never the value. */
function credentialsOf({ credentials }: ApiSettings, schemes: ApiDescription["securitySchemes"]) {
  try {
    return readCredentials(credentials, schemes);
  } catch (error) {
    throw new StartError(`--api-credential: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** @throws StartError naming the file. */
async function tlsOf({ clientCert, clientKey, ca }: ApiSettings, io: ReadIo): Promise<Tls | undefined> {
  if (clientCert === undefined && clientKey === undefined && ca === undefined) return undefined;
  const read = (path: string | undefined) =>
    path === undefined
      ? undefined
      : io
          .readFile(path)
          .text()
          .catch(() => {
            throw new StartError(`${path}: this certificate or key cannot be read`);
          });
  const [cert, key, authorities] = await Promise.all([read(clientCert), read(clientKey), read(ca)]);
  return { cert, key, ca: authorities };
}

/** @throws DocumentError: an overlay cannot be laid over it. */
export async function describeShop(
  { document, url }: ServedShop,
  overlays: readonly string[],
  io: ReadIo,
): Promise<DescribedApi> {
  const description = await readDescriptionText(document, "the built-in shop", io, overlays);
  return {
    api: { name: "", baseUrl: url, securitySchemes: description.securitySchemes, headers: {} },
    description,
    documentHeaders: io.headers ?? {},
  };
}
