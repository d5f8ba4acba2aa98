import { maskQueryValues } from "../../errors.ts";
import type { ApiDescription } from "../../openapi/types.ts";
import type { Api } from "../types.ts";

/** Returns a warning for each credential of the settings whose security scheme no operation of the document requires. */
export function findUnusedCredentials(
  { credentials = {} }: Api,
  { operations, source }: ApiDescription,
): readonly string[] {
  const names = Object.keys(credentials);
  if (names.length === 0) return [];
  const required = new Set(
    operations.flatMap(({ security }) => security.flatMap((requirement) => Object.keys(requirement))),
  );
  return names
    .filter((name) => !required.has(name))
    .map(
      (name) =>
        `${maskQueryValues(source)}: no operation requires the security scheme ${name}, so its credential is never sent; add "security" to the document, for example with --overlay, or send the credential with --api-header`,
    );
}
