/** The service, and its scaling when several tasks can serve the same sessions. */
import { isShared } from "../environment.ts";
import { startSeconds } from "../health-check.ts";
import type { Deployment } from "../types.ts";
import { CONTAINER } from "./task.ts";

export function describeService(deployment: Deployment) {
  const { config } = deployment;
  const shared = isShared(deployment);
  return {
    Service: {
      Type: "AWS::ECS::Service",
      DependsOn: ["ListenerRule"],
      Properties: {
        Cluster: { Ref: "Cluster" },
        LaunchType: "FARGATE",
        TaskDefinition: { Ref: "TaskDefinition" },
        DesiredCount: shared ? 2 : 1,
        DeploymentConfiguration: {
          // A store of one process has one task at a time.
          MinimumHealthyPercent: shared ? 100 : 0,
          MaximumPercent: shared ? 200 : 100,
          DeploymentCircuitBreaker: { Enable: true, Rollback: true },
        },
        HealthCheckGracePeriodSeconds: startSeconds(config),
        LoadBalancers: [
          {
            ContainerName: CONTAINER,
            ContainerPort: config.port,
            TargetGroupArn: { Ref: "TargetGroup" },
          },
        ],
        NetworkConfiguration: {
          AwsvpcConfiguration: {
            AssignPublicIp: "DISABLED",
            Subnets: { Ref: "Subnets" },
            SecurityGroups: [{ "Fn::GetAtt": ["SecurityGroup", "GroupId"] }],
          },
        },
        PropagateTags: "SERVICE",
      },
    },
    ...(shared && SCALING),
  };
}

const SCALING = {
  ScalableTarget: {
    Type: "AWS::ApplicationAutoScaling::ScalableTarget",
    Properties: {
      ServiceNamespace: "ecs",
      ScalableDimension: "ecs:service:DesiredCount",
      ResourceId: { "Fn::Sub": `service/\${Cluster}/\${Service.Name}` },
      MinCapacity: 2,
      MaxCapacity: 10,
    },
  },
  ScalingPolicy: {
    Type: "AWS::ApplicationAutoScaling::ScalingPolicy",
    Properties: {
      PolicyName: "cpu",
      PolicyType: "TargetTrackingScaling",
      ScalingTargetId: { Ref: "ScalableTarget" },
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: 70,
        ScaleInCooldown: 600,
        ScaleOutCooldown: 60,
        PredefinedMetricSpecification: { PredefinedMetricType: "ECSServiceAverageCPUUtilization" },
      },
    },
  },
};
