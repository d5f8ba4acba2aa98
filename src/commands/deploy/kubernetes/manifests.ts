/** Plain manifests for `kubectl apply`. */
import { formatHeader } from "../header.ts";
import type { Deployment, DeploymentFormat } from "../types.ts";
import { toYaml } from "../yaml.ts";
import { NAME } from "./labels.ts";
import { describeObjects } from "./objects.ts";
import { kubernetesFacts, plainValues } from "./values.ts";

export const kubernetes: DeploymentFormat = (deployment) => {
  const objects = describeObjects(plainValues(deployment), kubernetesFacts(deployment));
  const documents = objects.map((object) => toYaml(object));
  return [
    {
      path: "specchat.yaml",
      text: `${formatHeader("kubernetes", deployment, describeSteps(deployment))}---\n${documents.join("---\n")}`,
    },
  ];
};

/** The comment names what the cluster needs besides the manifests. */
export function describeSteps({ secrets }: Deployment): readonly string[] {
  const files = secrets.map(({ name }) => ` --from-file=${name}`).join("");
  return [
    "Needs Kubernetes 1.30 or later, and the image of `specchat deploy docker` in a registry of the cluster.",
    ...(secrets.length === 0 ? [] : [`Secret: kubectl create secret generic ${NAME}${files}`]),
    `Role: the policy of \`specchat deploy iam\`, for the service account ${NAME} (EKS Pod Identity or IRSA).`,
  ];
}
