/** The service's error response for a refused request. */
export interface Refusal {
  readonly status: number;
  readonly type: string;
  readonly message: string;
}

export type Json = Readonly<Record<string, unknown>>;

export function validationError(message: string): Refusal {
  return { status: 400, type: "ValidationException", message };
}

/** Creates a refusal of the model behind Bedrock, whose message has a prefix. */
export function modelError(message: string): Refusal {
  return validationError(`The model returned the following errors: ${message}`);
}

/** Creates a violation of the service model. Paths are one-based, with `.member.` between list and entry. */
export function constraintViolation(value: unknown, path: string, rule: string): Refusal {
  return validationError(
    `1 validation error detected: Value '${String(value)}' at '${path}' failed to satisfy constraint: ${rule}`,
  );
}

export function isRecord(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function filterRecords(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

export function filterStrings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === "string") : [];
}
