/** Leaves out the fields of a request that a model refused. */
import { isRecord } from "./calls.ts";
import type { ConverseBody } from "./types.ts";

/**
 * Fields are left out of the parameters only. The conversation, the tools and the guardrail stay complete: a request
 * without them would mean something else.
 * @param fields names without their path, in any case and style: `topP` and `top_p` are the same field.
 */
export function omitFields(body: ConverseBody, fields: readonly string[]): ConverseBody {
  if (fields.length === 0) return body;
  const names = new Set(fields.map(normalize));
  const { inferenceConfig, additionalModelRequestFields, requestMetadata, serviceTier, ...kept } = body;
  const parameters = prune({ inferenceConfig, additionalModelRequestFields, serviceTier }, names);
  const withMetadata = requestMetadata !== undefined && !names.has(normalize("requestMetadata"));
  return { inferenceConfig: {}, ...kept, ...parameters, ...(withMetadata && { requestMetadata }) };
}

/** Leaves the fields out of parameters of the Responses API. */
export function omitParameters<Parameters extends object>(
  parameters: Parameters,
  fields: readonly string[],
): Partial<Parameters> {
  if (fields.length === 0) return parameters;
  return (prune(parameters, new Set(fields.map(normalize))) ?? {}) as Partial<Parameters>;
}

/** Returns the value without the named keys at any depth; undefined when nothing remains. */
function prune(value: object, names: ReadonlySet<string>): object | undefined {
  const entries = Object.entries(value)
    .filter(([key]) => !names.has(normalize(key)))
    .map(([key, nested]) => [key, isRecord(nested) ? prune(nested, names) : nested] as const)
    .filter(([, nested]) => nested !== undefined);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function normalize(name: string): string {
  return name.replaceAll("_", "").toLowerCase();
}
