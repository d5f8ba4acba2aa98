/** Validates a caller's credential for a security scheme against the document. */
import { z } from "zod";
import type { SecurityScheme } from "../../openapi/types.ts";
import type { Api } from "../types.ts";
import { isPasswordScheme } from "./digest.ts";
import type { CredentialValue } from "./types.ts";

export type CredentialKind = CredentialValue["type"];

/** Returns the kind of value that a scheme takes; undefined when a caller cannot supply one. */
export function getCredentialKind(scheme: SecurityScheme): CredentialKind | undefined {
  if (scheme.type === "apiKey") return "apiKey";
  if (scheme.type === "http") return isPasswordScheme(scheme) ? "basic" : "bearer";
  return scheme.type === "oauth2" || scheme.type === "openIdConnect" ? "bearer" : undefined;
}

// The value is sent in a header or a cookie, where a line break would start another one.
const secretSchema = z
  .string()
  .min(1)
  .max(16_384)
  .regex(/^[^\r\n\0]*$/, "must have no line breaks");
const VALUE_SCHEMAS = {
  apiKey: z.object({ value: secretSchema }),
  bearer: z.object({ token: secretSchema }),
  basic: z.object({ username: secretSchema, password: secretSchema }),
} satisfies Record<CredentialKind, z.ZodType>;
const EXPECTED_SHAPES: Readonly<Record<CredentialKind, string>> = {
  apiKey: '{"value": "…"}',
  bearer: '{"token": "…"}',
  basic: '{"username": "…", "password": "…"}',
};

export type CallerCredentialResult =
  | { readonly outcome: "ready"; readonly value: CredentialValue }
  | { readonly outcome: "refused"; readonly problem: string };

/** Reads a caller's credential. An empty `api` means the only API. The problem never contains the value. */
export function readCallerCredential(
  apis: readonly Api[],
  { api: apiName, scheme: schemeName, value }: { api: string; scheme: string; value: unknown },
): CallerCredentialResult {
  const api =
    apis.find(({ name }) => name === apiName) ?? (apiName === "" && apis.length === 1 ? apis[0] : undefined);
  if (!api)
    return refuse(
      `Unknown API ${JSON.stringify(apiName)}. Known: ${formatList(apis.map(({ name }) => name))}.`,
    );
  const scheme = Object.hasOwn(api.securitySchemes, schemeName) ? api.securitySchemes[schemeName] : undefined;
  if (!scheme) {
    return refuse(
      `Unknown security scheme ${JSON.stringify(schemeName)}. Known: ${formatList(Object.keys(api.securitySchemes))}.`,
    );
  }
  const kind = getCredentialKind(scheme);
  if (!kind) return refuse(`Callers cannot supply a credential for ${schemeName} (${scheme.type}).`);
  const parsed = VALUE_SCHEMAS[kind].safeParse(value);
  if (!parsed.success) return refuse(`"value" for ${schemeName} must be ${EXPECTED_SHAPES[kind]}.`);
  return { outcome: "ready", value: { type: kind, ...parsed.data } as CredentialValue };
}

function refuse(problem: string): CallerCredentialResult {
  return { outcome: "refused", problem };
}

function formatList(names: readonly string[]): string {
  return names.filter((name) => name !== "").join(", ") || "none";
}
