/** A Helm chart of the same objects as the plain manifests. Its values are the settings. */
import { formatHeader } from "../header.ts";
import { describeSteps } from "../kubernetes/manifests.ts";
import { describeObjects, type KubernetesObject } from "../kubernetes/objects.ts";
import { kubernetesFacts } from "../kubernetes/values.ts";
import { hostNames } from "../proxy.ts";
import type { Deployment, DeploymentFile, DeploymentFormat } from "../types.ts";
import { toYaml } from "../yaml.ts";
import { Expressions } from "./expressions.ts";
import { valuesSchema } from "./schema.ts";
import { chartExpressions, chartValues } from "./values.ts";

export const helm: DeploymentFormat = (deployment) => {
  const expressions = new Expressions();
  const values = chartExpressions(expressions, hostNames(deployment).length);
  const facts = kubernetesFacts(deployment);
  const objects = describeObjects(values, facts);
  return [
    { path: "Chart.yaml", text: toYaml(describeChart(deployment)) },
    {
      path: "values.yaml",
      text: `${formatHeader("helm", deployment, describeSteps(deployment))}${toYaml(chartValues(deployment))}`,
    },
    {
      path: "values.schema.json",
      text: `${JSON.stringify(valuesSchema(chartValues(deployment)), null, 2)}\n`,
    },
    ...objects.map((object) => formatTemplate(object, expressions)),
    { path: "templates/NOTES.txt", text: NOTES },
  ];
};

function describeChart({ version }: Deployment) {
  return {
    apiVersion: "v2",
    name: "specchat",
    description: "A chat assistant for an HTTP API",
    type: "application",
    version,
    appVersion: version,
    kubeVersion: ">=1.30.0-0",
  };
}

/** Objects that a value of the chart leaves out. */
const SWITCHES: Readonly<Record<string, string>> = {
  Ingress: ".Values.ingress.enabled",
  HorizontalPodAutoscaler: ".Values.autoscaling.enabled",
  NetworkPolicy: ".Values.networkPolicy.enabled",
};

/** Without the autoscaler the chart sets the number of replicas. */
const REPLICAS = `  {{- if not .Values.autoscaling.enabled }}
  replicas: {{ .Values.replicas }}
  {{- end }}
`;

function formatTemplate(object: KubernetesObject, expressions: Expressions): DeploymentFile {
  const yaml = expressions.insert(toYaml(object));
  const condition = SWITCHES[object.kind];
  const isScaled = object.kind === "Deployment" && !/^ {2}replicas:/m.test(yaml);
  const text = isScaled ? yaml.replace(/^spec:\n/m, `spec:\n${REPLICAS}`) : yaml;
  return {
    path: `templates/${object.kind.toLowerCase()}.yaml`,
    text: condition === undefined ? text : `{{- if ${condition} }}\n${text}{{- end }}\n`,
  };
}

const NOTES = `specchat {{ .Chart.AppVersion }} serves https://{{ index .Values.ingress.hosts 0 }}{{ .Values.path }}
`;
