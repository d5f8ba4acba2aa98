/** The values of the Kubernetes objects: from the settings for plain manifests, as expressions of a template for a Helm chart. */
import {
  containerEnvironment,
  isShared,
  SECRETS_FOLDER,
  secretFileVariables,
  toRecord,
} from "../environment.ts";
import { startSeconds } from "../health-check.ts";
import { type ListeningPort, listPorts } from "../ports.ts";
import { hostNames, maxRequestMegabytes } from "../proxy.ts";
import type { Deployment, SecretReference } from "../types.ts";

/** A JSON value of an object, or a template expression in place of it. */
export type Leaf = unknown;

export interface KubernetesValues {
  readonly image: Leaf;
  /** Undefined when the autoscaler decides. */
  readonly replicas: Leaf;
  /** Variables of the ConfigMap. */
  readonly settings: Leaf;
  /** Changes with the settings, so that a change restarts the pods. */
  readonly settingsHash: Leaf;
  readonly secretName: Leaf;
  readonly hosts: readonly Leaf[];
  readonly tlsSecret: Leaf;
  readonly ingressClass: Leaf;
  readonly ingressNamespace: Leaf;
  readonly monitoringNamespace: Leaf;
  readonly annotations: Leaf;
  readonly resources: Leaf;
  readonly minReplicas: Leaf;
  readonly maxReplicas: Leaf;
  readonly storageSize: Leaf;
}

/** What the objects have from the settings, in a chart too: they follow from the settings that the chart was written for. */
export interface KubernetesFacts {
  /** The ports on which specchat listens, the main one first. */
  readonly ports: readonly ListeningPort[];
  readonly isShared: boolean;
  readonly secrets: readonly SecretReference[];
  readonly stopGrace: number;
  /** Seconds that a start may wait for the API's document. */
  readonly startSeconds: number;
  readonly maxRequestMegabytes: number;
  /** Ports of other services that specchat connects to. */
  readonly egressPorts: readonly number[];
}

export const RESOURCES = { requests: { cpu: "250m", memory: "256Mi" }, limits: { memory: "1Gi" } };

export function plainValues(deployment: Deployment): KubernetesValues {
  const settings = containerSettings(deployment);
  return {
    image: `specchat:${deployment.version}`,
    replicas: 1,
    settings,
    settingsHash: new Bun.CryptoHasher("sha256").update(JSON.stringify(settings)).digest("hex"),
    secretName: "specchat",
    hosts: hostNames(deployment),
    tlsSecret: "specchat-tls",
    ingressClass: "nginx",
    ingressNamespace: "ingress-nginx",
    monitoringNamespace: "monitoring",
    annotations: {},
    resources: RESOURCES,
    minReplicas: 2,
    maxReplicas: 10,
    storageSize: "10Gi",
  };
}

/** Returns the variables of the ConfigMap, with the paths of secret files. */
export function containerSettings(deployment: Deployment): Readonly<Record<string, string>> {
  const paths = deployment.secrets.filter(({ kind }) => kind === "path");
  return toRecord([...containerEnvironment(deployment), ...secretFileVariables(paths, SECRETS_FOLDER)]);
}

export function kubernetesFacts(deployment: Deployment): KubernetesFacts {
  const { config, secrets } = deployment;
  return {
    ports: listPorts(config),
    isShared: isShared(deployment),
    secrets,
    stopGrace: Math.ceil(config.stopGrace),
    startSeconds: startSeconds(config),
    maxRequestMegabytes: maxRequestMegabytes(deployment),
    egressPorts: findEgressPorts(Object.values(config)),
  };
}

/** Returns the ports of every URL in the settings, and 443 for Bedrock. */
function findEgressPorts(values: readonly unknown[]): readonly number[] {
  const texts = values.flat().filter((value) => typeof value === "string");
  const ports = texts.flatMap((text) => {
    const [address = ""] = /\b(https?|rediss?):\/\/\S+/.exec(text) ?? [];
    const url = URL.parse(address);
    if (url === null) return [];
    return [Number(url.port) || DEFAULT_PORTS[url.protocol] || 443];
  });
  return [...new Set([443, ...ports])].sort((one, other) => one - other);
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = { "http:": 80, "redis:": 6379, "rediss:": 6379 };
