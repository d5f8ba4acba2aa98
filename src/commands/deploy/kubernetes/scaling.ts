/** The autoscaler, the disruption budget, and the disk of a store that only one process uses. */
import { LABELS, NAME } from "./labels.ts";
import type { KubernetesValues } from "./values.ts";

/** Model calls wait more than they compute, so a pod is full at a moderate load. Turns end before a pod does, so it shrinks slowly. */
export function describeAutoscaler({ minReplicas, maxReplicas }: KubernetesValues) {
  return {
    apiVersion: "autoscaling/v2",
    kind: "HorizontalPodAutoscaler",
    metadata: { name: NAME, labels: LABELS },
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: NAME },
      minReplicas,
      maxReplicas,
      metrics: [
        {
          type: "Resource",
          resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 70 } },
        },
      ],
      behavior: {
        scaleDown: {
          stabilizationWindowSeconds: 600,
          policies: [{ type: "Pods", value: 1, periodSeconds: 120 }],
        },
      },
    },
  };
}

export function describeDisruptionBudget() {
  return {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: { name: NAME, labels: LABELS },
    spec: { maxUnavailable: 1, selector: { matchLabels: LABELS } },
  };
}

export function describeVolumeClaim({ storageSize }: KubernetesValues) {
  return {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name: NAME, labels: LABELS },
    spec: { accessModes: ["ReadWriteOncePod"], resources: { requests: { storage: storageSize } } },
  };
}
