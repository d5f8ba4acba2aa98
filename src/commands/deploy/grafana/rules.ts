/** The alert rules of Prometheus, and the configuration that scrapes specchat and reads the rules. */
import { requiresAuthentication } from "../../../config/authentication-rules.ts";
import { upstreamAddress } from "../proxy.ts";
import type { Deployment } from "../types.ts";
import { ALERTS, type Alert } from "./alerts.ts";

export const RULES_FILE = "specchat.rules.yaml";

/** The token of the scraper, next to its configuration. */
export const TOKEN_FILE = "specchat-metrics-token";

export function describeRules() {
  return { groups: [{ name: "specchat", rules: ALERTS.map(describeRule) }] };
}

function describeRule({ name, condition, meaning, lasting, severity, topic }: Alert) {
  return {
    alert: name,
    expr: condition,
    for: lasting,
    labels: { severity },
    annotations: {
      summary: `${meaning.charAt(0).toUpperCase()}${meaning.slice(1)}.`.replaceAll("`", ""),
      description: `specchat help ${topic}`,
    },
  };
}

export function describeScraping(deployment: Deployment) {
  return {
    rule_files: [RULES_FILE],
    scrape_configs: [
      {
        job_name: "specchat",
        ...(requiresAuthentication(deployment.config) && {
          authorization: { credentials_file: TOKEN_FILE },
        }),
        static_configs: [{ targets: [metricsAddress(deployment)] }],
      },
    ],
  };
}

/** Returns the address of `/metrics`. */
function metricsAddress(deployment: Deployment): string {
  const { config } = deployment;
  return upstreamAddress({ ...deployment, config: { ...config, port: config.metricsPort ?? config.port } });
}
