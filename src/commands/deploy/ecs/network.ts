/** The way in: security group, target group and a rule of the load balancer's listener. */
import { hostNames } from "../proxy.ts";
import type { Deployment } from "../types.ts";

/** The rule of a listener takes five values at most. */
export const MAX_RULE_HOSTS = 5;

/** The parameter of the template with the security group that scrapes a port of its own for the metrics. */
export const MONITORING_GROUP = "MonitoringSecurityGroup";

export function describeNetwork(deployment: Deployment) {
  const { port, stopGrace, metricsPort } = deployment.config;
  return {
    SecurityGroup: {
      Type: "AWS::EC2::SecurityGroup",
      Properties: {
        GroupDescription: "specchat: in from the load balancer and the monitor only",
        VpcId: { Ref: "Vpc" },
        SecurityGroupIngress: [
          {
            IpProtocol: "tcp",
            FromPort: port,
            ToPort: port,
            SourceSecurityGroupId: { Ref: "LoadBalancerSecurityGroup" },
          },
          ...(metricsPort === undefined
            ? []
            : [
                {
                  IpProtocol: "tcp",
                  FromPort: metricsPort,
                  ToPort: metricsPort,
                  SourceSecurityGroupId: { Ref: MONITORING_GROUP },
                },
              ]),
        ],
      },
    },
    TargetGroup: {
      Type: "AWS::ElasticLoadBalancingV2::TargetGroup",
      Properties: {
        VpcId: { Ref: "Vpc" },
        TargetType: "ip",
        Protocol: "HTTP",
        Port: port,
        HealthCheckPath: "/readyz",
        HealthCheckIntervalSeconds: 10,
        HealthCheckTimeoutSeconds: 5,
        HealthyThresholdCount: 2,
        UnhealthyThresholdCount: 2,
        TargetGroupAttributes: [
          { Key: "deregistration_delay.timeout_seconds", Value: String(Math.ceil(stopGrace)) },
        ],
      },
    },
    ListenerRule: {
      Type: "AWS::ElasticLoadBalancingV2::ListenerRule",
      Properties: {
        ListenerArn: { Ref: "Listener" },
        Priority: { Ref: "ListenerPriority" },
        Conditions: [
          {
            Field: "host-header",
            HostHeaderConfig: { Values: hostNames(deployment).slice(0, MAX_RULE_HOSTS) },
          },
        ],
        Actions: [{ Type: "forward", TargetGroupArn: { Ref: "TargetGroup" } }],
      },
    },
  };
}
