/** A CloudFormation template: a service of ECS on Fargate behind a load balancer that exists. */
import { StartError } from "../../../errors.ts";
import { formatHeader } from "../header.ts";
import type { Deployment, DeploymentFormat } from "../types.ts";
import { toYaml } from "../yaml.ts";
import { describeNetwork, MONITORING_GROUP } from "./network.ts";
import { describeRoles } from "./roles.ts";
import { describeService } from "./service.ts";
import { describeTask, secretParameter } from "./task.ts";

export const ecs: DeploymentFormat = (deployment) => {
  const file = deployment.secrets.find(({ kind }) => kind === "path");
  if (file !== undefined)
    throw new StartError(
      `ECS cannot give a task a secret as a file, which ${file.variable} needs. Deploy to Kubernetes or a machine, or leave the setting out.`,
    );
  return [
    {
      path: "specchat-ecs.yaml",
      text: `${formatHeader("ecs", deployment, [
        "Deploy: aws cloudformation deploy --stack-name specchat --template-file specchat-ecs.yaml --capabilities CAPABILITY_IAM --parameter-overrides Image=… Cluster=…",
        "The image is that of `specchat deploy docker`.",
      ])}\n${toYaml(describeTemplate(deployment))}`,
    },
  ];
};

function describeTemplate(deployment: Deployment) {
  return {
    AWSTemplateFormatVersion: "2010-09-09",
    Description: "specchat, a chat assistant for an HTTP API",
    Parameters: describeParameters(deployment),
    Resources: {
      ...describeRoles(deployment),
      ...describeTask(deployment),
      ...describeNetwork(deployment),
      ...describeService(deployment),
    },
  };
}

function describeParameters({ secrets, config }: Deployment) {
  const secretParameters = secrets.map((secret) => [
    secretParameter(secret),
    {
      Type: "String",
      Description: `ARN of the secret of Secrets Manager, or of the parameter of Systems Manager, with ${secret.name}`,
      AllowedPattern: "arn:.+",
    },
  ]);
  return {
    Image: { Type: "String", Description: "Image of specchat in a registry" },
    Architecture: { Type: "String", AllowedValues: ["X86_64", "ARM64"], Default: "X86_64" },
    Cluster: { Type: "String", Description: "Name of the ECS cluster" },
    Vpc: { Type: "AWS::EC2::VPC::Id" },
    Subnets: {
      Type: "List<AWS::EC2::Subnet::Id>",
      Description: "Private subnets with a way to Bedrock and to the API",
    },
    Listener: { Type: "String", Description: "ARN of an HTTPS listener of the load balancer" },
    ListenerPriority: { Type: "Number", Default: 100, MinValue: 1, MaxValue: 50_000 },
    LoadBalancerSecurityGroup: { Type: "AWS::EC2::SecurityGroup::Id" },
    ...(config.metricsPort !== undefined && { [MONITORING_GROUP]: { Type: "AWS::EC2::SecurityGroup::Id" } }),
    ...Object.fromEntries(secretParameters),
  };
}
