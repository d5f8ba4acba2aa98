/** The roles: the task's has the smallest policy, the execution role starts the task. */
import { describePolicy } from "../iam/policy.ts";
import type { Deployment } from "../types.ts";
import { secretParameter } from "./task.ts";

export function describeRoles(deployment: Deployment) {
  const policy = describePolicy(deployment, `\${AWS::AccountId}`);
  return {
    TaskRole: {
      Type: "AWS::IAM::Role",
      Properties: {
        AssumeRolePolicyDocument: TRUST,
        ...(policy.Statement.length > 0 && {
          Policies: [{ PolicyName: "specchat", PolicyDocument: substituteVariables(policy) }],
        }),
      },
    },
    ExecutionRole: {
      Type: "AWS::IAM::Role",
      Properties: {
        AssumeRolePolicyDocument: TRUST,
        ManagedPolicyArns: [
          substituteVariables(
            `arn:\${AWS::Partition}:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy`,
          ),
        ],
        ...describeSecretsPolicy(deployment),
      },
    },
  };
}

/** Tasks of this account alone may use the role. */
const TRUST = {
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Principal: { Service: "ecs-tasks.amazonaws.com" },
      Action: "sts:AssumeRole",
      Condition: { StringEquals: { "aws:SourceAccount": { Ref: "AWS::AccountId" } } },
    },
  ],
};

function describeSecretsPolicy({ secrets }: Deployment) {
  if (secrets.length === 0) return {};
  const PolicyDocument = {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: ["secretsmanager:GetSecretValue", "ssm:GetParameters"],
        Resource: secrets.map((secret) => ({ Ref: secretParameter(secret) })),
      },
    ],
  };
  return { Policies: [{ PolicyName: "secrets", PolicyDocument }] };
}

/** Wraps each text with a variable of CloudFormation in `Fn::Sub`. */
function substituteVariables(value: unknown): unknown {
  if (typeof value === "string") return value.includes("${AWS::") ? { "Fn::Sub": value } : value;
  if (Array.isArray(value)) return value.map(substituteVariables);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, substituteVariables(entry)]));
}
