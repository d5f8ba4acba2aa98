/** Adds what the settings ask of every request, and leaves out what the model has refused. */
import type { Capabilities } from "../capabilities.ts";
import { addCachePoints } from "./cache-points.ts";
import { omitFields } from "./omit-fields.ts";
import type { BedrockOptions, ConverseBody } from "./types.ts";

export type BodyOptions = Pick<
  BedrockOptions,
  "cachePoints" | "cacheTtl" | "serviceTier" | "requestMetadata"
>;

export function addBodyOptions(
  body: ConverseBody,
  { cachePoints, cacheTtls, serviceTiers, omittedFields }: Capabilities,
  options: BodyOptions,
): ConverseBody {
  const ttl = cacheTtls.find((name) => name === options.cacheTtl);
  const cached = options.cachePoints === false ? body : addCachePoints(body, cachePoints, ttl);
  const tier = serviceTiers.find((name) => name === options.serviceTier);
  const { requestMetadata = {} } = options;
  const complete: ConverseBody = {
    ...cached,
    ...(Object.keys(requestMetadata).length > 0 && { requestMetadata }),
    ...(tier !== undefined && { serviceTier: { type: tier } }),
  };
  return omitFields(complete, omittedFields);
}
