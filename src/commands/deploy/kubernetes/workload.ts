/** The Deployment of Kubernetes: one container without rights, with probes and a graceful end. */
import { CONTAINER_USER, DATA_FOLDER, SECRETS_FOLDER } from "../environment.ts";
import { LABELS, NAME } from "./labels.ts";
import type { KubernetesFacts, KubernetesValues } from "./values.ts";

/** Seconds in which proxies learn that a pod ends, before it refuses new turns. */
const PRE_STOP_SECONDS = 5;
/** Seconds after the grace period until Kubernetes ends the process. */
const STOP_MARGIN = 10;
const PROBE_SECONDS = 5;

export function describeWorkload(values: KubernetesValues, facts: KubernetesFacts) {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: NAME, labels: LABELS },
    spec: {
      // An autoscaler sets the number of replicas.
      ...(facts.isShared ? {} : { replicas: values.replicas }),
      selector: { matchLabels: LABELS },
      // A SQLite store has one process at a time.
      strategy: facts.isShared
        ? { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } }
        : { type: "Recreate" },
      template: {
        metadata: { labels: LABELS, annotations: { "specchat/settings": values.settingsHash } },
        spec: {
          serviceAccountName: NAME,
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          terminationGracePeriodSeconds: facts.stopGrace + PRE_STOP_SECONDS + STOP_MARGIN,
          securityContext: {
            runAsNonRoot: true,
            runAsUser: CONTAINER_USER,
            runAsGroup: CONTAINER_USER,
            fsGroup: CONTAINER_USER,
            seccompProfile: { type: "RuntimeDefault" },
          },
          ...(facts.isShared && { topologySpreadConstraints: [SPREAD] }),
          containers: [describeContainer(values, facts)],
          volumes: describeVolumes(values, facts),
        },
      },
    },
  };
}

/** Replicas are on different nodes where possible. */
const SPREAD = {
  maxSkew: 1,
  topologyKey: "kubernetes.io/hostname",
  whenUnsatisfiable: "ScheduleAnyway",
  labelSelector: { matchLabels: LABELS },
};

function describeContainer(values: KubernetesValues, facts: KubernetesFacts) {
  const probe = (path: string) => ({ httpGet: { path, port: "http" } });
  const secretValues = facts.secrets.filter(({ kind }) => kind === "value");
  return {
    name: NAME,
    image: values.image,
    args: ["serve"],
    ports: facts.ports.map(({ name, port }) => ({ name, containerPort: port })),
    envFrom: [{ configMapRef: { name: NAME } }],
    ...(secretValues.length > 0 && {
      env: secretValues.map(({ name }) => ({
        name,
        valueFrom: { secretKeyRef: { name: values.secretName, key: name } },
      })),
    }),
    startupProbe: {
      ...probe("/livez"),
      periodSeconds: PROBE_SECONDS,
      timeoutSeconds: PROBE_SECONDS,
      failureThreshold: Math.ceil(facts.startSeconds / PROBE_SECONDS),
    },
    livenessProbe: { ...probe("/livez"), periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 },
    readinessProbe: { ...probe("/readyz"), periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 2 },
    lifecycle: { preStop: { sleep: { seconds: PRE_STOP_SECONDS } } },
    resources: values.resources,
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
    volumeMounts: [
      { name: "data", mountPath: DATA_FOLDER },
      { name: "tmp", mountPath: "/tmp" },
      ...(hasSecretFiles(facts) ? [{ name: "secrets", mountPath: SECRETS_FOLDER, readOnly: true }] : []),
    ],
  };
}

/** Results of API calls are on the disk of the pod. Sessions are too when the store is SQLite. */
function describeVolumes({ secretName }: KubernetesValues, facts: KubernetesFacts) {
  const items = facts.secrets
    .filter(({ kind }) => kind === "path")
    .map(({ name }) => ({ key: name, path: name }));
  return [
    {
      name: "data",
      ...(facts.isShared
        ? { emptyDir: { sizeLimit: "2Gi" } }
        : { persistentVolumeClaim: { claimName: NAME } }),
    },
    { name: "tmp", emptyDir: { sizeLimit: "64Mi" } },
    ...(items.length > 0 ? [{ name: "secrets", secret: { secretName, items, defaultMode: 0o440 } }] : []),
  ];
}

function hasSecretFiles({ secrets }: KubernetesFacts): boolean {
  return secrets.some(({ kind }) => kind === "path");
}
