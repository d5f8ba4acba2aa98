/** What a person brings for a security scheme, checked against the document before it is kept. */
import { z } from "zod";
import type { SecurityScheme } from "../../openapi/types.ts";
import type { Api, CredentialValue } from "../types.ts";

/** Which kind of value a scheme takes; undefined: a person cannot bring any. */
export type CredentialKind = CredentialValue["type"];

export function credentialKind(scheme: SecurityScheme): CredentialKind | undefined {
  if (scheme.type === "apiKey") return "apiKey";
  if (scheme.type === "http") return scheme.scheme.toLowerCase() === "basic" ? "basic" : "bearer";
  return scheme.type === "oauth2" || scheme.type === "openIdConnect" ? "bearer" : undefined;
}

// A header or a cookie carries it: a line break would begin another one.
const secret = z
  .string()
  .min(1)
  .max(16_384)
  .regex(/^[^\r\n\0]*$/, "must have no line breaks");
const VALUES = {
  apiKey: z.object({ value: secret }),
  bearer: z.object({ token: secret }),
  basic: z.object({ username: secret, password: secret }),
} satisfies Record<CredentialKind, z.ZodType>;
const EXPECTED: Readonly<Record<CredentialKind, string>> = {
  apiKey: '{"value": "…"}',
  bearer: '{"token": "…"}',
  basic: '{"username": "…", "password": "…"}',
};

export type ReadCredential =
  | { readonly outcome: "ready"; readonly value: CredentialValue }
  | { readonly outcome: "refused"; readonly problem: string };

/** `api` empty: the only one. The problem never holds the value. */
export function readCallerCredential(
  apis: readonly Api[],
  { api: apiName, scheme: schemeName, value }: { api: string; scheme: string; value: unknown },
): ReadCredential {
  const api =
    apis.find(({ name }) => name === apiName) ?? (apiName === "" && apis.length === 1 ? apis[0] : undefined);
  if (!api)
    return refused(
      `There is no API ${JSON.stringify(apiName)}; there is ${listed(apis.map(({ name }) => name))}.`,
    );
  const scheme = Object.hasOwn(api.securitySchemes, schemeName) ? api.securitySchemes[schemeName] : undefined;
  if (!scheme) {
    return refused(
      `There is no security scheme ${JSON.stringify(schemeName)}; there is ${listed(Object.keys(api.securitySchemes))}.`,
    );
  }
  const kind = credentialKind(scheme);
  if (!kind) return refused(`${schemeName} (${scheme.type}) is not something a person can bring.`);
  const read = VALUES[kind].safeParse(value);
  if (!read.success) return refused(`"value" for ${schemeName} must be ${EXPECTED[kind]}.`);
  return { outcome: "ready", value: { type: kind, ...read.data } as CredentialValue };
}

function refused(problem: string): ReadCredential {
  return { outcome: "refused", problem };
}

function listed(names: readonly string[]): string {
  return names.filter((name) => name !== "").join(", ") || "none";
}
