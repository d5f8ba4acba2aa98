/** Service, Ingress and NetworkPolicy: who reaches specchat, and what it reaches. */
import { LABELS, NAME } from "./labels.ts";
import type { KubernetesFacts, KubernetesValues, Leaf } from "./values.ts";

/** Link-local addresses: the metadata service of the node, whose credentials belong to the node. */
const LINK_LOCAL = { v4: "169.254.0.0/16", v6: "fe80::/10" };
/** The metadata service of AWS over IPv6. */
const METADATA_V6 = "fd00:ec2::254/128";
/** The agent that gives credentials to pods of EKS. */
const POD_IDENTITY = ["169.254.170.23/32", "fd00:ec2::23/128"];

/** The main port is 80 there. The others keep their numbers. */
export function describeService({ ports }: KubernetesFacts) {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: NAME, labels: LABELS },
    spec: {
      selector: LABELS,
      ports: ports.map(({ name, port }) => ({ name, port: name === "http" ? 80 : port, targetPort: name })),
    },
  };
}

/** A stream and a WebSocket stay open while a model thinks. The annotations are those of ingress-nginx. */
export function describeIngress(
  { hosts, tlsSecret, ingressClass }: KubernetesValues,
  { maxRequestMegabytes }: KubernetesFacts,
) {
  const backend = { service: { name: NAME, port: { name: "http" } } };
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: {
      name: NAME,
      labels: LABELS,
      annotations: {
        "nginx.ingress.kubernetes.io/proxy-body-size": `${maxRequestMegabytes}m`,
        "nginx.ingress.kubernetes.io/proxy-buffering": "off",
        "nginx.ingress.kubernetes.io/proxy-request-buffering": "off",
        "nginx.ingress.kubernetes.io/proxy-read-timeout": "3600",
        "nginx.ingress.kubernetes.io/proxy-send-timeout": "3600",
      },
    },
    spec: {
      ingressClassName: ingressClass,
      tls: [{ hosts, secretName: tlsSecret }],
      rules: hosts.map((host) => ({ host, http: { paths: [{ path: "/", pathType: "Prefix", backend }] } })),
    },
  };
}

/** Only the ingress controller and the monitor come in. Out go DNS, Bedrock and the addresses of the settings, never the metadata service. */
export function describeNetworkPolicy(values: KubernetesValues, { egressPorts, ports }: KubernetesFacts) {
  const hasOwnMetrics = ports.some(({ name }) => name === "metrics");
  const toPorts = (...names: readonly string[]) => names.map((port) => ({ protocol: "TCP", port }));
  const served = ports.map(({ name }) => name).filter((name) => name !== "metrics");
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name: NAME, labels: LABELS },
    spec: {
      podSelector: { matchLabels: LABELS },
      policyTypes: ["Ingress", "Egress"],
      ingress: [
        { from: [inNamespace(values.ingressNamespace)], ports: toPorts(...served) },
        {
          from: [inNamespace(values.monitoringNamespace)],
          ports: toPorts(hasOwnMetrics ? "metrics" : "http"),
        },
      ],
      egress: [
        {
          to: [inNamespace("kube-system")],
          ports: [
            { protocol: "UDP", port: 53 },
            { protocol: "TCP", port: 53 },
          ],
        },
        {
          to: [
            { ipBlock: { cidr: "0.0.0.0/0", except: [LINK_LOCAL.v4] } },
            { ipBlock: { cidr: "::/0", except: [LINK_LOCAL.v6, METADATA_V6] } },
            { namespaceSelector: {} },
          ],
          ports: egressPorts.map((port) => ({ protocol: "TCP", port })),
        },
        {
          to: POD_IDENTITY.map((cidr) => ({ ipBlock: { cidr } })),
          ports: [{ protocol: "TCP", port: 80 }],
        },
      ],
    },
  };
}

function inNamespace(name: Leaf) {
  return { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } } };
}
