/** The smallest IAM policy that serves the settings. */
import { describeModelAccess } from "../../../app/describe-model-access.ts";
import type { Deployment, DeploymentFormat } from "../types.ts";
import { modelStatements } from "./models.ts";
import {
  agentStatements,
  guardrailStatements,
  knowledgeBaseStatements,
  storeStatements,
} from "./services.ts";
import type { PolicyDocument } from "./types.ts";

export const iam: DeploymentFormat = (deployment) => [
  { path: "policy.json", text: `${JSON.stringify(describePolicy(deployment), null, 2)}\n` },
];

/** The account that is not known, as a pattern. Models, profiles and the rest of another account cannot be used anyway. */
const ANY_ACCOUNT = "*";

/** @param account replaces the account, such as `${AWS::AccountId}` of CloudFormation. */
export function describePolicy(
  deployment: Deployment,
  account = deployment.account ?? ANY_ACCOUNT,
): PolicyDocument {
  const { config } = deployment;
  return {
    Version: "2012-10-17",
    Statement: [
      ...modelStatements(describeModelAccess(config), account),
      ...guardrailStatements(config, account),
      ...knowledgeBaseStatements(config, account),
      ...agentStatements(deployment, account),
      ...storeStatements(config, account),
    ],
  };
}
