/** A Compose file with specchat and its store. Docker builds the image. */
import { isDemoModelId } from "../../config/demo-api.ts";
import { docker } from "./dockerfile.ts";
import {
  CONTAINER_USER,
  containerEnvironment,
  DATA_FOLDER,
  isStoreSet,
  SECRETS_FOLDER,
  secretFileVariables,
  toRecord,
  toResourceName,
} from "./environment.ts";
import { formatHeader } from "./header.ts";
import { HEALTH_CHECK, HEALTH_COMMAND, seconds, startSeconds } from "./health-check.ts";
import { listPorts } from "./ports.ts";
import type { Deployment, DeploymentFormat } from "./types.ts";
import { toYaml } from "./yaml.ts";

const AWS_VARIABLES = [
  ...["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"],
  "AWS_BEARER_TOKEN_BEDROCK",
];

/** The Redis of the Compose file. Sessions survive a restart, and are never evicted. */
const REDIS = {
  image: "redis:7-alpine",
  command: ["redis-server", "--appendonly", "yes", "--maxmemory-policy", "noeviction"],
  restart: "unless-stopped",
  volumes: ["redis:/data"],
  healthcheck: { test: ["CMD", "redis-cli", "ping"], interval: "10s", timeout: "3s", retries: 3 },
  networks: ["store"],
};

export const compose: DeploymentFormat = (deployment) => [
  {
    path: "compose.yaml",
    text: `${formatHeader("compose", deployment, [
      "Start: docker compose up --build --detach",
      "AWS: the role of the machine, or AWS_BEARER_TOKEN_BEDROCK or access keys in the environment or in .env.",
      ...deployment.secrets.map(({ name }) => `Put the secret ${name} into secrets/${name}.`),
      ...(deployment.secrets.length > 0
        ? [`The user ${CONTAINER_USER} of the container has to read these files.`]
        : []),
    ])}\n${toYaml(describeCompose(deployment))}`,
  },
  ...docker(deployment),
];

function describeCompose(deployment: Deployment) {
  const { config, version, secrets } = deployment;
  const ownsRedis = !isStoreSet(deployment);
  const environment = {
    ...toRecord(containerEnvironment(deployment)),
    ...(ownsRedis && { SPECCHAT_STORE: "redis://redis:6379/0" }),
    ...toRecord(secretFileVariables(secrets, SECRETS_FOLDER)),
  };
  // A variable without a value is that of the environment of Compose, or of its .env file.
  const awsVariables = isDemoModelId(config.model) ? [] : AWS_VARIABLES.map((name) => [name, null]);
  return {
    services: {
      specchat: {
        image: `specchat:${version}`,
        build: ".",
        restart: "unless-stopped",
        init: true,
        read_only: true,
        cap_drop: ["ALL"],
        security_opt: ["no-new-privileges:true"],
        tmpfs: ["/tmp"],
        // Only programs of this machine reach the ports: the proxy, and the scraper of the metrics.
        ports: listPorts(config).map(({ port }) => `127.0.0.1:${port}:${port}`),
        environment: { ...escapeVariables(environment), ...Object.fromEntries(awsVariables) },
        ...(secrets.length > 0 && {
          secrets: secrets.map((secret) => ({ source: toResourceName(secret), target: secret.name })),
        }),
        volumes: [`data:${DATA_FOLDER}`],
        healthcheck: {
          test: ["CMD", ...HEALTH_COMMAND],
          interval: seconds(HEALTH_CHECK.interval),
          timeout: seconds(HEALTH_CHECK.timeout),
          retries: HEALTH_CHECK.retries,
          start_period: seconds(startSeconds(config)),
        },
        stop_grace_period: `${Math.ceil(config.stopGrace) + 10}s`,
        logging: { driver: "json-file", options: { "max-size": "10m", "max-file": "5" } },
        ...(ownsRedis && {
          depends_on: { redis: { condition: "service_healthy" } },
          networks: ["default", "store"],
        }),
      },
      ...(ownsRedis && { redis: REDIS }),
    },
    volumes: { data: {}, ...(ownsRedis && { redis: {} }) },
    ...(ownsRedis && { networks: { store: { internal: true } } }),
    ...(secrets.length > 0 && {
      secrets: Object.fromEntries(
        secrets.map((secret) => [toResourceName(secret), { file: `./secrets/${secret.name}` }]),
      ),
    }),
  };
}

/** Compose replaces `$NAME` in a text. A doubled dollar sign is a dollar sign. */
function escapeVariables(environment: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [name, value.replaceAll("$", "$$$$")]),
  );
}
