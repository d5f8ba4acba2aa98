/** What a person brings for a security scheme, checked against the document before it is kept. */
import { z } from "zod";
import type { SecurityScheme } from "../../openapi/types.ts";
import type { Api } from "../types.ts";
import type { CredentialValue } from "./types.ts";

/** Which kind of value a scheme takes; undefined: a person cannot bring any. */
export type CredentialKind = CredentialValue["type"];

export function getCredentialKind(scheme: SecurityScheme): CredentialKind | undefined {
  if (scheme.type === "apiKey") return "apiKey";
  if (scheme.type === "http") return scheme.scheme.toLowerCase() === "basic" ? "basic" : "bearer";
  return scheme.type === "oauth2" || scheme.type === "openIdConnect" ? "bearer" : undefined;
}

// A header or a cookie carries it: a line break would begin another one.
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

/** `api` empty: the only one. The problem never holds the value. */
export function readCallerCredential(
  apis: readonly Api[],
  { api: apiName, scheme: schemeName, value }: { api: string; scheme: string; value: unknown },
): CallerCredentialResult {
  const api =
    apis.find(({ name }) => name === apiName) ?? (apiName === "" && apis.length === 1 ? apis[0] : undefined);
  if (!api)
    return refuse(
      `There is no API ${JSON.stringify(apiName)}; there is ${formatList(apis.map(({ name }) => name))}.`,
    );
  const scheme = Object.hasOwn(api.securitySchemes, schemeName) ? api.securitySchemes[schemeName] : undefined;
  if (!scheme) {
    return refuse(
      `There is no security scheme ${JSON.stringify(schemeName)}; there is ${formatList(Object.keys(api.securitySchemes))}.`,
    );
  }
  const kind = getCredentialKind(scheme);
  if (!kind) return refuse(`${schemeName} (${scheme.type}) is not something a person can bring.`);
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
