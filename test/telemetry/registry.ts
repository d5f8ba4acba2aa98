/** The names and enumerations that the packages of OpenTelemetry and OpenInference publish. */
import {
  LLMProvider,
  MimeType,
  OpenInferenceSpanKind,
  SemanticConventions,
} from "@arizeai/openinference-semantic-conventions";
import * as openTelemetry from "@opentelemetry/semantic-conventions/incubating";

const constants = Object.entries(openTelemetry as Readonly<Record<string, unknown>>);

function valuesWith(prefix: string): readonly string[] {
  return constants.flatMap(([name, value]) => (name.startsWith(prefix) ? [String(value)] : []));
}

/** All attributes of the registry and of OpenInference. */
const ATTRIBUTES: ReadonlySet<string> = new Set([
  ...valuesWith("ATTR_"),
  ...Object.values(SemanticConventions).map(String),
]);

export const METRIC_NAMES: ReadonlySet<string> = new Set(valuesWith("METRIC_GEN_AI_"));

/** Attribute → its values. `specchat.demo` is a value of our own, which the conventions allow for other providers. */
export const ENUMERATIONS: Readonly<Record<string, readonly string[]>> = {
  "gen_ai.operation.name": valuesWith("GEN_AI_OPERATION_NAME_VALUE_"),
  "gen_ai.provider.name": [...valuesWith("GEN_AI_PROVIDER_NAME_VALUE_"), "specchat.demo"],
  "gen_ai.token.type": valuesWith("GEN_AI_TOKEN_TYPE_VALUE_"),
  "openinference.span.kind": Object.values(OpenInferenceSpanKind),
  "llm.provider": Object.values(LLMProvider),
  "input.mime_type": Object.values(MimeType),
  "output.mime_type": Object.values(MimeType),
};

/** Returns the attributes that no registry has, and the values that their enumeration lacks. */
export function findUnregistered(attributes: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(attributes).flatMap(([name, value]) => {
    if (!ATTRIBUTES.has(name)) return [`${name} is in no registry`];
    const values = ENUMERATIONS[name];
    return values && !values.includes(String(value)) ? [`${name} has no value ${value}`] : [];
  });
}
