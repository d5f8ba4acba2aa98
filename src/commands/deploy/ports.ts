/** The ports on which specchat listens. */
import type { Config } from "../../config/settings.ts";
import { StartError } from "../../errors.ts";

export interface ListeningPort {
  /** The name of the port in Kubernetes. */
  readonly name: "http" | "dashboard" | "metrics";
  /** 0 is any free port. */
  readonly port: number;
}

type Ports = Pick<Config, "port" | "dashboardPort" | "metricsPort" | "contracts">;

/** The main port comes first. */
export function listPorts({ port, dashboardPort, metricsPort, contracts }: Ports): readonly ListeningPort[] {
  const hasDashboard = contracts.includes("dashboard") && dashboardPort !== port;
  return [
    { name: "http", port },
    ...(dashboardPort !== undefined && hasDashboard
      ? [{ name: "dashboard", port: dashboardPort } as const]
      : []),
    ...(metricsPort === undefined ? [] : [{ name: "metrics", port: metricsPort } as const]),
  ];
}

/** @throws StartError when a port is any free one: proxies and probes need its number. */
export function checkPorts(config: Ports): void {
  if (listPorts(config).some(({ port }) => port === 0))
    throw new StartError("A deployment needs ports that are known before the start: name one in place of 0.");
}
