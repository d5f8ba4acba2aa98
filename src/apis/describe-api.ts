/** Loads one API of the settings: its document, address, credentials and certificates. */
import type { resolveApiSettings } from "../config/per-api.ts";
import type { ShopServer } from "../demo/shop.ts";
import { maskQueryValues, StartError } from "../errors.ts";
import { extractUrlCredentials } from "../openapi/document/credentials.ts";
import type { ReadIo } from "../openapi/document/read-io.ts";
import { readDescription, readDescriptionText } from "../openapi/read.ts";
import { readDescriptionInWorker } from "../openapi/read-in-worker.ts";
import type { ApiDescription } from "../openapi/types.ts";
import { readCredentials } from "../tools/auth/static-credentials.ts";
import type { Tls } from "../tools/auth/types.ts";
import { resolveBaseUrl } from "../tools/http/base-url.ts";
import type { Api } from "../tools/types.ts";

/** An API with its document. */
export interface DescribedApi {
  readonly api: Api;
  readonly description: ApiDescription;
  /** The headers of requests for its documents, by origin. They contain secrets. */
  readonly documentHeaders: NonNullable<ReadIo["headers"]>;
}

/** The address of an API whose address is unknown. The top-level domain never resolves: RFC 2606. */
const UNKNOWN_BASE_URL = "http://address.invalid";

type ApiSettings = ReturnType<typeof resolveApiSettings>[number];

/**
 * Loads an API.
 * @param requiresBaseUrl false accepts an API without a known address.
 * @param isServing Whether people are served meanwhile, so that the document must be read in a worker.
 * @throws DocumentError or StartError
 */
export async function describeApi(
  settings: ApiSettings,
  io: ReadIo,
  requiresBaseUrl: boolean,
  isServing: boolean,
): Promise<DescribedApi> {
  const { name, spec, headers, baseUrl: configuredBaseUrl, specHeaders, overlays } = settings;
  const specHeadersByOrigin = URL.canParse(spec) ? { [new URL(spec).origin]: specHeaders } : {};
  const specIo = { ...io, headers: { ...io.headers, ...specHeadersByOrigin } };
  const documentHeaders = extractUrlCredentials(spec, specIo).io.headers ?? {};
  const read = isServing ? readDescriptionInWorker : readDescription;
  const description = maskAddresses(await read(spec, specIo, overlays));
  const { source, servers, url: documentUrl, securitySchemes } = description;
  const resolved = resolveBaseUrl({ setting: configuredBaseUrl, servers, documentUrl });
  if (resolved.outcome === "unknown" && requiresBaseUrl)
    throw new StartError(`${source}: ${resolved.problem}`);
  const baseUrl = resolved.outcome === "ready" ? resolved.baseUrl : UNKNOWN_BASE_URL;
  const credentials = readApiCredentials(settings, securitySchemes);
  const tls = await loadTls(settings, io);
  const api = {
    name,
    baseUrl,
    baseUrlIsFixed: configuredBaseUrl !== undefined,
    headers,
    credentials,
    securitySchemes,
    tls,
  };
  return { api, description, documentHeaders };
}

/** Masks signed addresses of documents in what people read of the description. */
function maskAddresses(description: ApiDescription): ApiDescription {
  const { overlays, rejected, warnings } = description;
  return {
    ...description,
    rejected: rejected.map((one) => ({ ...one, reason: maskQueryValues(one.reason) })),
    warnings: warnings.map(maskQueryValues),
    ...(overlays && {
      overlays: {
        ...overlays,
        effects: overlays.effects.map((one) => ({ ...one, overlay: maskQueryValues(one.overlay) })),
        warnings: overlays.warnings.map(maskQueryValues),
      },
    }),
  };
}

/** Reads the credentials of the settings. @throws StartError naming the security scheme, never the value. */
function readApiCredentials({ credentials }: ApiSettings, schemes: ApiDescription["securitySchemes"]) {
  try {
    return readCredentials(credentials, schemes);
  } catch (error) {
    throw new StartError(`--api-credential: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Reads certificates and keys. @throws StartError naming the file that is unreadable. */
async function loadTls({ clientCert, clientKey, ca }: ApiSettings, io: ReadIo): Promise<Tls | undefined> {
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

/** Loads the built-in shop. @throws DocumentError when an overlay cannot be applied. */
export async function describeShop(
  { document, url }: ShopServer,
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
