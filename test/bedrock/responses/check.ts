/** Checks a request of the Responses API like the service. */
import { stringifyJson } from "../../../src/json.ts";
import { firstRefusal } from "../check-constraints.ts";
import { filterRecords, filterStrings, isRecord, type Json, type Refusal } from "../refusal.ts";
import { checkInput } from "./check-input.ts";
import { badRequest, findResponsesFamily, type ResponsesFamily, type Surface } from "./surfaces.ts";

const PARAMETERS = [
  "model",
  "instructions",
  "input",
  "tools",
  "tool_choice",
  "parallel_tool_calls",
  "max_output_tokens",
  "temperature",
  "top_p",
  "reasoning",
  "include",
  "prompt_cache_key",
  "prompt_cache_options",
  "service_tier",
  "store",
  "stream",
  "text",
  "metadata",
];

/** @param isKnownReasoning returns true for encrypted content that the service wrote with this model. */
export function checkResponses(
  body: Json,
  surface: Surface,
  isKnownReasoning: (content: string) => boolean,
): Refusal | undefined {
  const unknown = Object.keys(body).find((name) => !PARAMETERS.includes(name));
  if (unknown !== undefined) return badRequest(`Unknown parameter: '${unknown}'.`, "unknown_parameter");
  if (typeof body.model !== "string") return badRequest("Missing required parameter: 'model'.");
  const family = findResponsesFamily(body.model, surface);
  if ("status" in family) return family;
  return firstRefusal([
    () => checkLimits(body, family),
    () => checkTier(body),
    () => checkCache(body, family),
    () => checkTools(body),
    () => checkInput(body, family, isKnownReasoning),
    () => checkLength(body, family),
  ]);
}

function checkLimits(body: Json, family: ResponsesFamily): Refusal | undefined {
  const { max_output_tokens: maxTokens, temperature, top_p: topP } = body;
  if (maxTokens !== undefined && !(Number.isInteger(maxTokens) && Number(maxTokens) >= 16))
    return badRequest(
      `Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, but got ${String(maxTokens)} instead.`,
      "integer_below_min_value",
    );
  if (Number(maxTokens) > family.maxTokens)
    return badRequest(`max_output_tokens is too large: ${String(maxTokens)}.`);
  for (const [name, value] of Object.entries({ temperature, top_p: topP })) {
    if (value === undefined || family.sampling === "both") continue;
    if (family.sampling === "none" || name === "top_p" || value !== 1)
      return badRequest(
        `Unsupported parameter: '${name}' is not supported with this model.`,
        "unsupported_parameter",
      );
  }
  const reasoning = isRecord(body.reasoning) ? body.reasoning : {};
  const { effort } = reasoning;
  if (effort !== undefined && !family.efforts.some((allowed) => allowed === effort))
    return badRequest(
      `Unsupported value: '${String(effort)}' is not supported with the '${String(body.model)}' model. Supported values are: ${family.efforts.map((one) => `'${one}'`).join(", ")}.`,
      "unsupported_value",
    );
  const include = filterStrings(body.include).find((name) => name !== "reasoning.encrypted_content");
  return include === undefined ? undefined : badRequest(`Invalid value: '${include}'.`);
}

/** GPT has the default tier alone. */
function checkTier({ model, service_tier: tier = "default" }: Json): Refusal | undefined {
  return tier !== "default" && /openai\.gpt-[56]/.test(String(model))
    ? badRequest(`The service tier '${String(tier)}' is not available for this model.`)
    : undefined;
}

function checkCache(body: Json, { cache }: ResponsesFamily): Refusal | undefined {
  if (body.prompt_cache_options === undefined) return undefined;
  if (cache !== "breakpoints")
    return badRequest("Unknown parameter: 'prompt_cache_options'.", "unknown_parameter");
  const options = isRecord(body.prompt_cache_options) ? body.prompt_cache_options : {};
  if (options.mode !== "explicit" && options.mode !== "implicit")
    return badRequest(
      `Invalid value: '${String(options.mode)}'. Supported values are: 'implicit', 'explicit'.`,
    );
  return options.ttl === undefined || options.ttl === "30m"
    ? undefined
    : badRequest(`Invalid value: '${String(options.ttl)}'. Supported values are: '30m'.`);
}

const TOOL_NAME = /^[a-zA-Z0-9_-]{1,64}$/;

function checkTools(body: Json): Refusal | undefined {
  const tools = filterRecords(body.tools);
  if (body.tools !== undefined && tools.length === 0) return badRequest("Invalid 'tools': empty array.");
  if (body.tool_choice !== undefined && tools.length === 0)
    return badRequest("Tool choices are only allowed when 'tools' are specified.");
  const choice = isRecord(body.tool_choice) ? body.tool_choice : undefined;
  if (choice && !tools.some(({ name }) => name === choice.name))
    return badRequest(`Tool choice '${String(choice.name)}' not found in 'tools' parameter.`);
  return firstRefusal(
    tools.map((tool, index) => () => {
      const known = ["type", "name", "description", "parameters", "strict"];
      const unknown = Object.keys(tool).find((key) => !known.includes(key));
      if (unknown !== undefined)
        return badRequest(`Unknown parameter: 'tools[${index}].${unknown}'.`, "unknown_parameter");
      if (tool.type !== "function") return badRequest(`Invalid value: '${String(tool.type)}'.`);
      if (typeof tool.name !== "string" || !TOOL_NAME.test(tool.name))
        return badRequest(
          `Invalid 'tools[${index}].name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`,
        );
      const type = isRecord(tool.parameters) ? tool.parameters.type : undefined;
      return type === "object"
        ? undefined
        : badRequest(
            `Invalid schema for function '${tool.name}': schema must be a JSON Schema of 'type: "object"', got 'type: "${String(type ?? "None")}"'.`,
            "invalid_function_parameters",
          );
    }),
  );
}

/** Checks the length, estimated at four characters per token. Files count as 1,000 tokens each. */
function checkLength({ input, instructions }: Json, family: ResponsesFamily): Refusal | undefined {
  const text = stringifyJson({ input, instructions }).replace(/data:[^"]*/g, "");
  return text.length / 4 > family.contextTokens
    ? badRequest(
        "Your input exceeds the context window of this model. Please adjust your input and try again.",
        "context_length_exceeded",
      )
    : undefined;
}
