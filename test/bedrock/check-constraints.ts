/** Checks the constraints of the service model: types, lengths, patterns and enums. */
import {
  constraintViolation,
  filterRecords,
  filterStrings,
  isRecord,
  type Json,
  type Refusal,
  validationError,
} from "./refusal.ts";

const CONTENT_KEYS = [
  "text",
  "image",
  "document",
  "video",
  "audio",
  "toolUse",
  "toolResult",
  "guardContent",
  "cachePoint",
  "reasoningContent",
  "citationsContent",
  "searchResult",
  "toolAddition",
  "toolRemoval",
];
const REQUEST_KEYS = [
  "messages",
  "system",
  "inferenceConfig",
  "toolConfig",
  "guardrailConfig",
  "additionalModelRequestFields",
  "promptVariables",
  "additionalModelResponseFieldPaths",
  "requestMetadata",
  "performanceConfig",
  "serviceTier",
  "outputConfig",
];

export function checkConstraints(body: Json): Refusal | undefined {
  const unknown = Object.keys(body).find((key) => !REQUEST_KEYS.includes(key));
  if (unknown !== undefined) return validationError(`Unexpected field type: ${unknown}`);
  return firstRefusal([
    () => checkMessages(body.messages),
    () => checkSystem(body.system),
    () => checkInference(body.inferenceConfig),
    () => checkToolConfig(body.toolConfig),
    () => checkGuardrail(body.guardrailConfig),
    () => checkMetadata(body.requestMetadata),
    () => checkServiceTier(body.serviceTier),
  ]);
}

export function firstRefusal(checks: readonly (() => Refusal | undefined)[]): Refusal | undefined {
  for (const check of checks) {
    const refusal = check();
    if (refusal) return refusal;
  }
  return undefined;
}

function checkMessages(messages: unknown): Refusal | undefined {
  if (!Array.isArray(messages)) return validationError("The messages field must be a list.");
  return firstRefusal(
    messages.map((message: unknown, index) => () => {
      const path = `messages.${index + 1}.member`;
      if (!isRecord(message)) return validationError(`${path} must be an object.`);
      if (!["user", "assistant", "system"].includes(String(message.role)))
        return constraintViolation(
          message.role,
          `${path}.role`,
          "Member must satisfy enum value set: [user, assistant, system]",
        );
      if (!Array.isArray(message.content))
        return constraintViolation(null, `${path}.content`, "Member must not be null");
      return firstRefusal(
        message.content.map(
          (block: unknown, at) => () => checkBlock(block, `${path}.content.${at + 1}.member`),
        ),
      );
    }),
  );
}

function checkBlock(block: unknown, path: string): Refusal | undefined {
  const keys = isRecord(block) ? Object.keys(block) : [];
  if (!isRecord(block) || keys.length !== 1 || !CONTENT_KEYS.includes(keys[0] ?? ""))
    return validationError(
      `Invalid union at ${path}: exactly one member of ContentBlock must be set, found [${keys.join(", ")}]`,
    );
  if ("text" in block && typeof block.text !== "string")
    return validationError(`${path}.text must be a string.`);
  if (isRecord(block.toolUse)) {
    return firstRefusal([
      () => checkName(block.toolUse, `${path}.toolUse.name`),
      () => checkToolUseId(block.toolUse, `${path}.toolUse.toolUseId`),
    ]);
  }
  if (isRecord(block.toolResult)) return checkToolResult(block.toolResult, `${path}.toolResult`);
  if (isRecord(block.cachePoint)) return checkCachePoint(block.cachePoint, `${path}.cachePoint`);
  return undefined;
}

function checkToolResult(result: Json, path: string): Refusal | undefined {
  const id = checkToolUseId(result, `${path}.toolUseId`);
  if (id) return id;
  if (!Array.isArray(result.content))
    return constraintViolation(null, `${path}.content`, "Member must not be null");
  if (result.status !== undefined && result.status !== "success" && result.status !== "error")
    return constraintViolation(
      result.status,
      `${path}.status`,
      "Member must satisfy enum value set: [success, error]",
    );
  const wrong = result.content.findIndex(
    (block: unknown) =>
      !isRecord(block) ||
      Object.keys(block).length !== 1 ||
      !["text", "json", "image", "document", "video", "searchResult"].includes(Object.keys(block)[0] ?? ""),
  );
  return wrong === -1 ? undefined : validationError(`Invalid union at ${path}.content.${wrong + 1}.member`);
}

function checkName(holder: unknown, path: string): Refusal | undefined {
  const name = isRecord(holder) ? holder.name : undefined;
  if (typeof name !== "string") return constraintViolation(null, path, "Member must not be null");
  if (name.length < 1)
    return constraintViolation(name, path, "Member must have length greater than or equal to 1");
  if (name.length > 64)
    return constraintViolation(name, path, "Member must have length less than or equal to 64");
  return /^[a-zA-Z0-9_-]+$/.test(name)
    ? undefined
    : constraintViolation(name, path, "Member must satisfy regular expression pattern: [a-zA-Z0-9_-]+");
}

function checkToolUseId(holder: unknown, path: string): Refusal | undefined {
  const id = isRecord(holder) ? holder.toolUseId : undefined;
  if (typeof id !== "string") return constraintViolation(null, path, "Member must not be null");
  if (id.length < 1)
    return constraintViolation(id, path, "Member must have length greater than or equal to 1");
  if (id.length > 64)
    return constraintViolation(id, path, "Member must have length less than or equal to 64");
  return /^[a-zA-Z0-9_.:-]+$/.test(id)
    ? undefined
    : constraintViolation(id, path, "Member must satisfy regular expression pattern: [a-zA-Z0-9_.:-]+");
}

function checkCachePoint(point: Json, path: string): Refusal | undefined {
  if (point.type !== "default")
    return constraintViolation(point.type, `${path}.type`, "Member must satisfy enum value set: [default]");
  return point.ttl === undefined || point.ttl === "5m" || point.ttl === "1h"
    ? undefined
    : constraintViolation(point.ttl, `${path}.ttl`, "Member must satisfy enum value set: [5m, 1h]");
}

function checkSystem(system: unknown): Refusal | undefined {
  if (system === undefined) return undefined;
  if (!Array.isArray(system)) return validationError("The system field must be a list.");
  return firstRefusal(
    system.map((block: unknown, index) => () => {
      const path = `system.${index + 1}.member`;
      if (!isRecord(block) || Object.keys(block).length !== 1)
        return validationError(`Invalid union at ${path}`);
      if ("text" in block && block.text === "")
        return constraintViolation("", `${path}.text`, "Member must have length greater than or equal to 1");
      return isRecord(block.cachePoint) ? checkCachePoint(block.cachePoint, `${path}.cachePoint`) : undefined;
    }),
  );
}

function checkInference(config: unknown): Refusal | undefined {
  if (config === undefined) return undefined;
  if (!isRecord(config)) return validationError("The inferenceConfig field must be an object.");
  for (const name of ["temperature", "topP"] as const) {
    const value = config[name];
    if (value === undefined) continue;
    if (typeof value !== "number") return validationError(`inferenceConfig.${name} must be a number.`);
    if (value < 0)
      return constraintViolation(
        value,
        `inferenceConfig.${name}`,
        "Member must have value greater than or equal to 0",
      );
    if (value > 1)
      return constraintViolation(
        value,
        `inferenceConfig.${name}`,
        "Member must have value less than or equal to 1",
      );
  }
  if (config.maxTokens !== undefined && (!Number.isInteger(config.maxTokens) || Number(config.maxTokens) < 1))
    return constraintViolation(
      config.maxTokens,
      "inferenceConfig.maxTokens",
      "Member must have value greater than or equal to 1",
    );
  const stops = filterStrings(config.stopSequences);
  if (stops.some((stop) => stop === ""))
    return constraintViolation(
      "",
      "inferenceConfig.stopSequences",
      "Member must have length greater than or equal to 1",
    );
  return stops.length > 2500
    ? constraintViolation(
        "[…]",
        "inferenceConfig.stopSequences",
        "Member must have length less than or equal to 2500",
      )
    : undefined;
}

function checkToolConfig(config: unknown): Refusal | undefined {
  if (config === undefined) return undefined;
  if (!isRecord(config) || !Array.isArray(config.tools))
    return constraintViolation(null, "toolConfig.tools", "Member must not be null");
  if (config.tools.length === 0)
    return constraintViolation(
      "[]",
      "toolConfig.tools",
      "Member must have length greater than or equal to 1",
    );
  return firstRefusal(
    config.tools.map((tool: unknown, index) => () => {
      const path = `toolConfig.tools.${index + 1}.member`;
      if (isRecord(tool) && isRecord(tool.cachePoint))
        return checkCachePoint(tool.cachePoint, `${path}.cachePoint`);
      if (!isRecord(tool) || Object.keys(tool).length !== 1 || !isRecord(tool.toolSpec))
        return validationError(`Invalid union at ${path}`);
      const { toolSpec } = tool;
      const name = checkName(toolSpec, `${path}.toolSpec.name`);
      if (name) return name;
      if (toolSpec.description === "")
        return constraintViolation(
          "",
          `${path}.toolSpec.description`,
          "Member must have length greater than or equal to 1",
        );
      const schema = isRecord(toolSpec.inputSchema) ? toolSpec.inputSchema.json : undefined;
      return isRecord(schema)
        ? undefined
        : constraintViolation(null, `${path}.toolSpec.inputSchema`, "Member must not be null");
    }),
  );
}

function checkGuardrail(config: unknown): Refusal | undefined {
  if (!isRecord(config)) return undefined;
  const { guardrailIdentifier, guardrailVersion } = config;
  if (typeof guardrailIdentifier !== "string" || guardrailIdentifier === "")
    return constraintViolation(
      guardrailIdentifier ?? null,
      "guardrailConfig.guardrailIdentifier",
      "Member must not be null",
    );
  if (config.trace !== undefined && !["enabled", "disabled", "enabled_full"].includes(String(config.trace)))
    return constraintViolation(
      config.trace,
      "guardrailConfig.trace",
      "Member must satisfy enum value set: [disabled, enabled, enabled_full]",
    );
  return typeof guardrailVersion === "string" && /^([1-9][0-9]{0,7}|DRAFT)$/.test(guardrailVersion)
    ? undefined
    : constraintViolation(
        guardrailVersion,
        "guardrailConfig.guardrailVersion",
        "Member must satisfy regular expression pattern: (([1-9][0-9]{0,7})|(DRAFT))",
      );
}

function checkMetadata(metadata: unknown): Refusal | undefined {
  if (metadata === undefined) return undefined;
  const entries = isRecord(metadata) ? Object.entries(metadata) : [];
  const isLegal =
    entries.length >= 1 &&
    entries.length <= 16 &&
    entries.flat().every((text) => /^[a-zA-Z0-9\s:_@$#=/+,.-]{0,256}$/.test(String(text)));
  return isLegal
    ? undefined
    : constraintViolation(
        JSON.stringify(metadata),
        "requestMetadata",
        "Map must have length between 1 and 16, and entries must satisfy [a-zA-Z0-9\\s:_@$#=/+,-.]*",
      );
}

function checkServiceTier(tier: unknown): Refusal | undefined {
  const type = isRecord(tier) ? tier.type : undefined;
  return tier === undefined || ["priority", "default", "flex", "reserved"].includes(String(type))
    ? undefined
    : constraintViolation(
        type,
        "serviceTier.type",
        "Member must satisfy enum value set: [priority, default, flex, reserved]",
      );
}

/** Lists the tool specifications of a request, in order. */
export function listToolSpecs(body: Json): readonly Json[] {
  const config = isRecord(body.toolConfig) ? body.toolConfig : {};
  return filterRecords(config.tools).flatMap((tool) => (isRecord(tool.toolSpec) ? [tool.toolSpec] : []));
}
