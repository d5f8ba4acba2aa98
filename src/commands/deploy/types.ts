/** The facts of a deployment, and the files that a format writes from them. */
import type { Config } from "../../config/settings.ts";

/** What `specchat deploy` writes files for. */
export const DEPLOYMENT_FORMATS = [
  ...(["systemd", "docker", "compose", "kubernetes", "helm"] as const),
  ...(["ecs", "nginx", "caddy", "iam", "grafana"] as const),
] as const;

/** An environment variable of the deployment. */
export interface Variable {
  readonly name: string;
  readonly value: string;
}

/** A file that a setting names and that the deployment needs at another path. */
export interface NeededFile {
  /** The path on this machine, as the setting has it. */
  readonly source: string;
  /** The path in the deployment. */
  readonly target: string;
}

/** A secret, referred to by name. Its value is in no output. */
export interface SecretReference {
  /** Unique in the deployment: the name of the variable, for a file of one of several APIs with the API's name. */
  readonly name: string;
  /** The variable that has the secret, or the path of a file with it, such as `SPECCHAT_COOKIE_SECRET`. */
  readonly variable: string;
  /** `value`: the variable has the secret itself. `path`: the variable has the path of a file with it. */
  readonly kind: "value" | "path";
  /** The name of the API before a path, with `=`; empty when there is none. */
  readonly prefix: string;
  /** The file on this machine; undefined for a value. */
  readonly source?: string;
}

/** What a database of sessions means for a deployment. */
export type StoreKind = "sqlite" | "memory" | "redis" | "dynamodb";

export interface Deployment {
  readonly version: string;
  readonly config: Config;
  /** The public host names, the main one first. */
  readonly hosts: readonly [string, ...string[]];
  readonly store: StoreKind;
  /** The settings that are not secret, in the order of their declaration, without addresses and folders of the machine. */
  readonly variables: readonly Variable[];
  readonly secrets: readonly SecretReference[];
  readonly files: readonly NeededFile[];
  /** The AWS account, twelve digits; undefined when it is unknown. */
  readonly account: string | undefined;
  /** Agents of Bedrock that clients may name, each as `AGENT/ALIAS`. */
  readonly agents: readonly string[];
  /** The bytes of the largest request. */
  readonly maxRequestBytes: number;
}

/** A file that `specchat deploy` prints or writes. */
export interface DeploymentFile {
  /** The path in the output folder, with `/`. */
  readonly path: string;
  readonly text: string;
}

/** Writes the files of one kind of deployment. Equal input gives equal text. */
export type DeploymentFormat = (deployment: Deployment) => readonly DeploymentFile[];
