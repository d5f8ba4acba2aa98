/** Permissions besides those of models: guardrails, knowledge bases, agents and the store. */
import type { Config } from "../../../config/settings.ts";
import { BY_OWNER, REQUIRED_ACTIONS } from "../../../store/dynamodb/table-schema.ts";
import type { Deployment } from "../types.ts";
import { formatArn, toArn } from "./arn.ts";
import { allow } from "./models.ts";
import type { PolicyStatement } from "./types.ts";

export function guardrailStatements(
  { guardrailId, region }: Pick<Config, "guardrailId" | "region">,
  account: string,
): readonly PolicyStatement[] {
  const guardrails = guardrailId === undefined ? [] : [guardrailId];
  return allow(
    "ApplyGuardrail",
    ["bedrock:ApplyGuardrail"],
    guardrails.map((id) => toArn(id, "bedrock", region, account, "guardrail")),
  );
}

export function knowledgeBaseStatements(
  { knowledgeBase, region }: Pick<Config, "knowledgeBase" | "region">,
  account: string,
): readonly PolicyStatement[] {
  return allow(
    "SearchKnowledgeBases",
    ["bedrock:Retrieve"],
    knowledgeBase.map((id) => toArn(id, "bedrock", region, account, "knowledge-base")),
  );
}

/** Clients name agents themselves. The policy allows those of `--agents` alone. */
export function agentStatements(
  { agents, config: { region } }: Pick<Deployment, "agents" | "config">,
  account: string,
): readonly PolicyStatement[] {
  return allow(
    "InvokeAgents",
    ["bedrock:InvokeAgent"],
    agents.map((agent) => toArn(agent, "bedrock", region, account, "agent-alias")),
  );
}

export function storeStatements(
  { store, region: defaultRegion }: Pick<Config, "store" | "region">,
  account: string,
): readonly PolicyStatement[] {
  if (!store.startsWith("dynamodb:")) return [];
  const { hostname, searchParams } = new URL(store);
  const region = searchParams.get("region") ?? defaultRegion;
  const table = formatArn("dynamodb", region, account, `table/${hostname}`);
  return [
    ...allow(
      "UseTable",
      REQUIRED_ACTIONS.map((action) => `dynamodb:${action}`),
      [table],
    ),
    ...allow("ReadIndex", ["dynamodb:Query", "dynamodb:Scan"], [`${table}/index/${BY_OWNER}`]),
  ];
}
