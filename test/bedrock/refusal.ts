/** An answer in place of the model's, as the service words it. */
export interface Refusal {
  readonly status: number;
  readonly type: string;
  readonly message: string;
}

export type Json = Readonly<Record<string, unknown>>;

export function invalid(message: string): Refusal {
  return { status: 400, type: "ValidationException", message };
}

/** What the model behind Bedrock refuses comes with a prefix. */
export function modelSays(message: string): Refusal {
  return invalid(`The model returned the following errors: ${message}`);
}

/** A violation of the service model: one-based path, `.member.` between list and entry. */
export function constraint(value: unknown, path: string, rule: string): Refusal {
  return invalid(
    `1 validation error detected: Value '${String(value)}' at '${path}' failed to satisfy constraint: ${rule}`,
  );
}

export function isRecord(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function records(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

export function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === "string") : [];
}
