/** All objects of Kubernetes, in the order in which they are applied. */
import { LABELS, NAME } from "./labels.ts";
import { describeIngress, describeNetworkPolicy, describeService } from "./network.ts";
import { describeAutoscaler, describeDisruptionBudget, describeVolumeClaim } from "./scaling.ts";
import type { KubernetesFacts, KubernetesValues } from "./values.ts";
import { describeWorkload } from "./workload.ts";

export interface KubernetesObject {
  readonly kind: string;
  readonly [field: string]: unknown;
}

export function describeObjects(
  values: KubernetesValues,
  facts: KubernetesFacts,
): readonly KubernetesObject[] {
  return [
    {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: NAME, labels: LABELS, annotations: values.annotations },
      automountServiceAccountToken: false,
    },
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: NAME, labels: LABELS },
      data: values.settings,
    },
    ...(facts.isShared ? [] : [describeVolumeClaim(values)]),
    describeWorkload(values, facts),
    describeService(facts),
    describeIngress(values, facts),
    ...(facts.isShared ? [describeAutoscaler(values), describeDisruptionBudget()] : []),
    describeNetworkPolicy(values, facts),
  ];
}
