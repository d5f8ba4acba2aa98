/** The environment of a deployment, and the addresses and folders in a container. */
import { requiresAuthentication } from "../../config/authentication-rules.ts";
import { formatEntries } from "./deployment.ts";
import type { Deployment, SecretReference, Variable } from "./types.ts";

export const DATA_FOLDER = "/data";
export const SECRETS_FOLDER = "/run/secrets";
/** The user of a container: `nonroot` of the distroless images. */
export const CONTAINER_USER = 65532;

/** Returns the address on which a container listens: all of IPv4, or of both with `--host ::`. */
export function containerHost({ config: { host } }: Deployment): string {
  return host.includes(":") ? "::" : "0.0.0.0";
}

/**
 * Returns the environment of a container. Only the proxy reaches it, so it listens on every address. The proxy authenticates people
 * when no setting does.
 */
export function containerEnvironment(deployment: Deployment): readonly Variable[] {
  return [
    ...deployment.variables,
    { name: "SPECCHAT_HOST", value: containerHost(deployment) },
    ...(requiresAuthentication(deployment.config)
      ? []
      : [{ name: "SPECCHAT_ALLOW_UNAUTHENTICATED", value: "true" }]),
    { name: "SPECCHAT_DATA_DIR", value: DATA_FOLDER },
  ].filter(({ name }, index, all) => all.findLastIndex((other) => other.name === name) === index);
}

/** Returns the variables that point to the files of secrets. */
export function secretFileVariables(
  secrets: readonly SecretReference[],
  folder: string,
): readonly Variable[] {
  const byVariable = Map.groupBy(secrets, ({ variable }) => variable);
  return [...byVariable].map(([variable, group]) => ({
    name: group.some(({ kind }) => kind === "value") ? `${variable}_FILE` : variable,
    value: formatEntries(group.map(({ prefix, name }) => `${prefix}${folder}/${name}`)),
  }));
}

/** Returns the name of a secret in lower case with dashes, as Kubernetes and others require. */
export function toResourceName({ name }: SecretReference): string {
  return name.toLowerCase().replaceAll("_", "-");
}

export function toRecord(variables: readonly Variable[]): Readonly<Record<string, string>> {
  return Object.fromEntries(variables.map(({ name, value }) => [name, value]));
}

/** Returns true when several processes can serve the same sessions. */
export function isShared({ store }: Deployment): boolean {
  return store === "redis" || store === "dynamodb";
}

/** Returns true when the settings choose a store. Its address may be a secret. */
export function isStoreSet({ variables, secrets }: Deployment): boolean {
  return [...variables, ...secrets].some(({ name }) => name === "SPECCHAT_STORE");
}
