/** The files of `specchat deploy grafana`: a dashboard, alert rules, and how Prometheus scrapes specchat. */
import { formatHeader } from "../header.ts";
import type { DeploymentFormat } from "../types.ts";
import { toYaml } from "../yaml.ts";
import { describeDashboard } from "./dashboard.ts";
import { describeRules, describeScraping, RULES_FILE } from "./rules.ts";

export const grafana: DeploymentFormat = (deployment) => {
  const header = (line: string) => formatHeader("grafana", deployment, [line]);
  return [
    {
      path: "specchat-dashboard.json",
      text: `${JSON.stringify(describeDashboard(), undefined, 2)}\n`,
    },
    {
      path: RULES_FILE,
      text: `${header("Prometheus names this file in rule_files. Change the limits to yours.")}\n${toYaml(describeRules())}`,
    },
    {
      path: "prometheus.yaml",
      text: `${header("Start: prometheus --config.file=prometheus.yaml. Or copy the job into your own configuration.")}\n${toYaml(describeScraping(deployment))}`,
    },
  ];
};
