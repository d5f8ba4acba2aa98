/** The values of the chart, and the expressions that read them. */
import { uiPath } from "../../../config/paths.ts";
import { isShared } from "../environment.ts";
import { containerSettings, type KubernetesValues, plainValues } from "../kubernetes/values.ts";
import { hostNames } from "../proxy.ts";
import type { Deployment } from "../types.ts";
import type { Expressions } from "./expressions.ts";

/** Returns the default values: those of the settings. */
export function chartValues(deployment: Deployment) {
  const plain = plainValues(deployment);
  return {
    image: { repository: "specchat", tag: deployment.version },
    replicas: isShared(deployment) ? plain.minReplicas : plain.replicas,
    settings: containerSettings(deployment),
    secretName: plain.secretName,
    path: uiPath(deployment.config),
    serviceAccount: { annotations: plain.annotations },
    ingress: {
      enabled: true,
      className: plain.ingressClass,
      hosts: hostNames(deployment),
      tlsSecret: plain.tlsSecret,
    },
    networkPolicy: {
      enabled: true,
      ingressNamespace: plain.ingressNamespace,
      monitoringNamespace: plain.monitoringNamespace,
    },
    resources: plain.resources,
    ...(isShared(deployment)
      ? { autoscaling: { enabled: true, minReplicas: plain.minReplicas, maxReplicas: plain.maxReplicas } }
      : { storage: { size: plain.storageSize } }),
  };
}

/** Returns the values of the objects as expressions. @param hostCount the number of public host names. */
export function chartExpressions(expressions: Expressions, hostCount: number): KubernetesValues {
  const value = (path: string) => expressions.add(`.Values.${path}`);
  const text = (path: string) => expressions.add(`.Values.${path} | quote`);
  return {
    image: expressions.add('printf "%s:%s" .Values.image.repository .Values.image.tag | quote'),
    replicas: value("replicas"),
    settings: expressions.addBlock(".Values.settings", 2),
    settingsHash: expressions.add(".Values.settings | toJson | sha256sum"),
    secretName: text("secretName"),
    hosts: Array.from({ length: hostCount }, (_, index) =>
      expressions.add(`index .Values.ingress.hosts ${index} | quote`),
    ),
    tlsSecret: text("ingress.tlsSecret"),
    ingressClass: text("ingress.className"),
    ingressNamespace: text("networkPolicy.ingressNamespace"),
    monitoringNamespace: text("networkPolicy.monitoringNamespace"),
    annotations: expressions.addBlock(".Values.serviceAccount.annotations", 4),
    resources: expressions.addBlock(".Values.resources", 12),
    minReplicas: value("autoscaling.minReplicas"),
    maxReplicas: value("autoscaling.maxReplicas"),
    storageSize: text("storage.size"),
  };
}
