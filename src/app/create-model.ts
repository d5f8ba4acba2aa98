/** Creates the model: the one in the ports, the built-in demo model, or Bedrock. */
import { isDemoModelId } from "../config/demo-api.ts";
import type { Config } from "../config/settings.ts";
import type { Ports } from "../context.ts";
import {
  type AgentModel,
  type AgentOptions,
  createBedrockAgent,
  createKnowledgeBaseSearch,
} from "../model/agent/index.ts";
import { type BedrockOptions, createBedrock } from "../model/bedrock/index.ts";
import { createDemoModel } from "../model/demo/demo.ts";
import type { Model } from "../model/types.ts";

export function createModel(
  config: Config,
  modelId: string,
  ports: Ports,
  prices: BedrockOptions["prices"],
): Model {
  if (ports.model) return ports.model;
  return isDemoModelId(modelId) ? createDemoModel() : createBedrockModel(config, modelId, ports, prices);
}

function createBedrockModel(
  config: Config,
  model: string,
  ports: Ports,
  prices: BedrockOptions["prices"],
): Model {
  const { now, random, sleep, log } = ports;
  return createBedrock(
    {
      model,
      region: config.region,
      profile: config.profile,
      endpoint: config.bedrockEndpoint,
      mantleEndpoint: config.mantleEndpoint,
      modelFamily: config.modelFamily,
      maxRetries: config.maxRetries,
      retryDelayMs: config.retryDelay * 1000,
      exponentialBackoff: config.exponentialBackoff,
      jitter: config.jitter,
      connectTimeoutMs: config.connectTimeout * 1000,
      idleTimeoutMs: config.silenceTimeout * 1000,
      fallbackModels: config.gracefulDegradation ? config.fallbackModel : [],
      breaker: { failures: config.breakerFailures, pauseMs: config.breakerRecovery * 1000 },
      maxConcurrentRequests: config.maxConcurrentRequests,
      requestQueueSize: config.requestQueueSize,
      stopSequences: config.stopSequences,
      ...(config.guardrailId !== undefined && {
        guardrail: { id: config.guardrailId, version: config.guardrailVersion },
      }),
      reasoningTokens: config.reasoningTokens,
      reasoningEffort: config.reasoningEffort,
      cachePoints: config.cachePoints,
      cacheTtl: config.cacheTtl,
      serviceTier: config.serviceTier,
      requestMetadata: Object.fromEntries(config.requestMetadata.map(splitEntry)),
      prices,
      proxyEnvironment: ports.network?.proxies,
      certificates: ports.network?.certificates,
    },
    { now: () => now().getTime(), random, sleep, warn: (message) => log.warning(message) },
  );
}

function splitEntry(entry: string): [key: string, value: string] {
  const at = entry.indexOf("=");
  return [entry.slice(0, at), entry.slice(at + 1)];
}

/** Creates the client for Bedrock agents. */
export function createAgentModel(config: Config, ports: Ports): AgentModel {
  return ports.agents ?? createBedrockAgent(agentOptions(config, ports));
}

/** Returns the ports with the search of the knowledge bases of the settings. The client is created on the first search. */
export function withKnowledgeBases(config: Config, ports: Ports): Ports {
  if (config.knowledgeBase.length === 0 || ports.searchKnowledgeBase) return ports;
  return { ...ports, searchKnowledgeBase: createKnowledgeBaseSearch(agentOptions(config, ports)) };
}

function agentOptions(config: Config, { network }: Ports): AgentOptions {
  return {
    region: config.region,
    profile: config.profile,
    endpoint: config.agentEndpoint,
    connectTimeoutMs: config.connectTimeout * 1000,
    idleTimeoutMs: config.silenceTimeout * 1000,
    proxyEnvironment: network?.proxies,
    certificates: network?.certificates,
  };
}
