/** What the operator has to know about the files of a deployment. */
import { basename } from "node:path";
import { requiresAuthentication } from "../../config/authentication-rules.ts";
import { kebabCase } from "../../config/names.ts";
import { EXAMPLE_HOST, OUTPUT_FILES } from "./deployment.ts";
import { MAX_RULE_HOSTS } from "./ecs/network.ts";
import { isStoreSet } from "./environment.ts";
import { TOKEN_FILE } from "./grafana/rules.ts";
import { hostNames } from "./proxy.ts";
import type { Deployment } from "./types.ts";

/** Formats that run specchat in a container. */
const CONTAINERS = ["docker", "compose", "kubernetes", "helm", "ecs"];
/** Formats whose policy has the account's ARNs. */
const POLICIES = ["iam"];
/** Formats that name no public host. */
const HOSTLESS = ["iam", "grafana"];

/** Returns warnings, one line each. */
export function describeWarnings(format: string, deployment: Deployment): readonly string[] {
  const { config, hosts, account, agents } = deployment;
  const warnings: string[] = [];
  const isContainer = CONTAINERS.includes(format);
  if (hosts[0] === EXAMPLE_HOST && !HOSTLESS.includes(format))
    warnings.push(`The files use the host name ${EXAMPLE_HOST}. Set yours with --allowed-hosts.`);
  if (isContainer && !config.allowUnauthenticated && !requiresAuthentication(config))
    warnings.push(
      "The container listens on all addresses, and only the proxy may reach it. The proxy has to authenticate people: no setting does.",
    );
  const local = [...config.spec, ...config.baseUrl].find((entry) => LOOPBACK.test(entry));
  if (isContainer && local !== undefined)
    warnings.push(`${local} is the container itself there. Set the address of the API in its network.`);
  if (["kubernetes", "helm"].includes(format) && hasFileSpec(deployment) && config.baseUrl.length === 0)
    warnings.push("The NetworkPolicy allows port 443 only. Set --base-url when the API has another port.");
  const leftOut = hostNames(deployment).slice(MAX_RULE_HOSTS);
  if (format === "ecs" && leftOut.length > 0)
    warnings.push(
      `The rule of the listener takes ${MAX_RULE_HOSTS} host names. Add a rule for ${leftOut.join(", ")}.`,
    );
  for (const name of OUTPUT_FILES) {
    const path = config[name];
    if (path?.includes("/") && !HOSTLESS.includes(format))
      warnings.push(
        `--${kebabCase(name)} ${path} is ${basename(path)} in the data folder there: specchat may write nowhere else.`,
      );
  }
  if (format === "ecs" && deployment.store === "sqlite")
    warnings.push(
      "Sessions are on the disk of the task and lost with it. Set --store dynamodb://TABLE or redis://HOST:PORT.",
    );
  if (["kubernetes", "helm"].includes(format) && !isStoreSet(deployment))
    warnings.push("With the SQLite store there is one replica. Set --store redis://HOST:PORT for several.");
  if (format === "grafana" && requiresAuthentication(config))
    warnings.push(
      config.metricsToken === undefined
        ? "With authentication the scraper needs a token. Set one with --metrics-token."
        : `Put the token of --metrics-token into ${TOKEN_FILE}, next to prometheus.yaml.`,
    );
  if (POLICIES.includes(format) && account === undefined)
    warnings.push("The account in the ARNs is *. Set it with --account 123456789012.");
  if (POLICIES.includes(format) && config.contracts.includes("agent") && agents.length === 0)
    warnings.push(
      "The policy allows no agents of Bedrock. Name those of your clients: --agents AGENT/ALIAS,…",
    );
  return warnings;
}

const LOOPBACK = /\/\/(localhost|127\.[\d.]+|\[::1\])[:/]?/;

function hasFileSpec({ config }: Deployment): boolean {
  return config.spec.some((entry) => !/https?:/.test(entry) && entry !== "demo");
}
