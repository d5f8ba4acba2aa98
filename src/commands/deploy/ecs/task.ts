/** The task definition and its log. */
import { containerEnvironment, DATA_FOLDER } from "../environment.ts";
import { HEALTH_CHECK, LIVE_COMMAND, startSeconds } from "../health-check.ts";
import { listPorts } from "../ports.ts";
import type { Deployment, SecretReference } from "../types.ts";

export const CONTAINER = "specchat";

/** Fargate ends a container after at most two minutes. */
const MAX_STOP_SECONDS = 120;
/** The longest start period of a health check of ECS. */
const MAX_START_SECONDS = 300;

export function describeTask(deployment: Deployment) {
  const { config, secrets } = deployment;
  const stopSeconds = Math.min(MAX_STOP_SECONDS, Math.ceil(config.stopGrace) + 10);
  return {
    LogGroup: {
      Type: "AWS::Logs::LogGroup",
      DeletionPolicy: "Retain",
      UpdateReplacePolicy: "Retain",
      Properties: { RetentionInDays: 30 },
    },
    TaskDefinition: {
      Type: "AWS::ECS::TaskDefinition",
      Properties: {
        Family: CONTAINER,
        RequiresCompatibilities: ["FARGATE"],
        NetworkMode: "awsvpc",
        Cpu: "512",
        Memory: "1024",
        RuntimePlatform: { OperatingSystemFamily: "LINUX", CpuArchitecture: { Ref: "Architecture" } },
        TaskRoleArn: { "Fn::GetAtt": ["TaskRole", "Arn"] },
        ExecutionRoleArn: { "Fn::GetAtt": ["ExecutionRole", "Arn"] },
        Volumes: [{ Name: "data" }, { Name: "tmp" }],
        ContainerDefinitions: [
          {
            Name: CONTAINER,
            Image: { Ref: "Image" },
            Essential: true,
            Command: ["serve"],
            PortMappings: listPorts(config).map(({ port }) => ({ ContainerPort: port, Protocol: "tcp" })),
            Environment: containerEnvironment(deployment).map(({ name, value }) => ({
              Name: name,
              Value: value,
            })),
            ...(secrets.length > 0 && {
              Secrets: secrets.map((secret) => ({
                Name: secret.name,
                ValueFrom: { Ref: secretParameter(secret) },
              })),
            }),
            ReadonlyRootFilesystem: true,
            MountPoints: [
              { SourceVolume: "data", ContainerPath: DATA_FOLDER },
              { SourceVolume: "tmp", ContainerPath: "/tmp" },
            ],
            LinuxParameters: { InitProcessEnabled: true, Capabilities: { Drop: ["ALL"] } },
            HealthCheck: {
              Command: ["CMD", ...LIVE_COMMAND],
              Interval: HEALTH_CHECK.interval,
              Timeout: HEALTH_CHECK.timeout,
              Retries: HEALTH_CHECK.retries,
              StartPeriod: Math.min(MAX_START_SECONDS, startSeconds(config)),
            },
            StopTimeout: stopSeconds,
            LogConfiguration: {
              LogDriver: "awslogs",
              Options: {
                "awslogs-group": { Ref: "LogGroup" },
                "awslogs-region": { Ref: "AWS::Region" },
                "awslogs-stream-prefix": CONTAINER,
                mode: "non-blocking",
              },
            },
          },
        ],
      },
    },
  };
}

/** Returns the parameter of the template with the ARN of a secret: `SPECCHAT_COOKIE_SECRET` → `CookieSecretArn`. */
export function secretParameter({ name }: SecretReference): string {
  const words = name.replace(/^SPECCHAT_/, "").split("_");
  return `${words.map((word) => `${word.charAt(0)}${word.slice(1).toLowerCase()}`).join("")}Arn`;
}
