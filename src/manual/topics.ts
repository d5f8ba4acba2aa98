/** The pages of the manual, imported statically so that the executable contains them. */
/// <reference path="./text-files.d.ts" />
import agUi from "./ag-ui.md" with { type: "text" };
import aiSdk from "./ai-sdk.md" with { type: "text" };
import anthropic from "./anthropic.md" with { type: "text" };
import apiAuthentication from "./api-authentication.md" with { type: "text" };
import approval from "./approval.md" with { type: "text" };
import attachments from "./attachments.md" with { type: "text" };
import audit from "./audit.md" with { type: "text" };
import authentication from "./authentication.md" with { type: "text" };
import bedrock from "./bedrock.md" with { type: "text" };
import bedrockAgent from "./bedrock-agent.md" with { type: "text" };
import branding from "./branding.md" with { type: "text" };
import commandLine from "./command-line.md" with { type: "text" };
import completions from "./completions.md" with { type: "text" };
import context from "./context.md" with { type: "text" };
import cost from "./cost.md" with { type: "text" };
import customTools from "./custom-tools.md" with { type: "text" };
import dashboard from "./dashboard.md" with { type: "text" };
import deployment from "./deployment.md" with { type: "text" };
import documents from "./documents.md" with { type: "text" };
import embedding from "./embedding.md" with { type: "text" };
import errors from "./errors.md" with { type: "text" };
import gettingStarted from "./getting-started.md" with { type: "text" };
import langchain from "./langchain.md" with { type: "text" };
import library from "./library.md" with { type: "text" };
import limits from "./limits.md" with { type: "text" };
import mcp from "./mcp.md" with { type: "text" };
import mcpServers from "./mcp-servers.md" with { type: "text" };
import migration from "./migration.md" with { type: "text" };
import migrationAgentStream from "./migration-agent-stream.md" with { type: "text" };
import migrationAutoBedrockChat from "./migration-auto-bedrock-chat.md" with { type: "text" };
import migrationCompletions from "./migration-completions.md" with { type: "text" };
import migrationDashboard from "./migration-dashboard.md" with { type: "text" };
import migrationLangchain from "./migration-langchain.md" with { type: "text" };
import models from "./models.md" with { type: "text" };
import native from "./native.md" with { type: "text" };
import observability from "./observability.md" with { type: "text" };
import openai from "./openai.md" with { type: "text" };
import page from "./page.md" with { type: "text" };
import performance from "./performance.md" with { type: "text" };
import protocols from "./protocols.md" with { type: "text" };
import results from "./results.md" with { type: "text" };
import roles from "./roles.md" with { type: "text" };
import scaling from "./scaling.md" with { type: "text" };
import security from "./security.md" with { type: "text" };
import sessions from "./sessions.md" with { type: "text" };
import settings from "./settings.md" with { type: "text" };
import signIn from "./sign-in.md" with { type: "text" };
import storage from "./storage.md" with { type: "text" };
import tools from "./tools.md" with { type: "text" };
import troubleshooting from "./troubleshooting.md" with { type: "text" };
import type { Topic } from "./types.ts";

/** Group → the name and the Markdown of its pages, in reading order. */
const PAGES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Start: {
    "getting-started": gettingStarted,
    "command-line": commandLine,
    settings,
    troubleshooting,
    errors,
  },
  "The API": {
    documents,
    "api-authentication": apiAuthentication,
    tools,
    "custom-tools": customTools,
    "mcp-servers": mcpServers,
    approval,
  },
  "The model": {
    bedrock,
    models,
    cost,
  },
  Conversations: {
    sessions,
    context,
    results,
    attachments,
    storage,
  },
  Clients: {
    page,
    branding,
    embedding,
    "sign-in": signIn,
    protocols,
    native,
    openai,
    anthropic,
    "ai-sdk": aiSdk,
    "ag-ui": agUi,
    mcp,
    library,
    migration,
    "migration-auto-bedrock-chat": migrationAutoBedrockChat,
    "migration-agent-stream": migrationAgentStream,
    "migration-langchain": migrationLangchain,
    "migration-dashboard": migrationDashboard,
    "migration-completions": migrationCompletions,
    "bedrock-agent": bedrockAgent,
    langchain,
    dashboard,
    completions,
  },
  Operation: {
    deployment,
    scaling,
    performance,
    security,
    authentication,
    roles,
    limits,
    audit,
    observability,
  },
};

/** All topics in reading order. */
export const TOPICS: readonly Topic[] = Object.entries(PAGES).flatMap(([group, pages]) =>
  Object.entries(pages).map(([name, markdown]) => createTopic(group, name, markdown)),
);

export function findTopic(name: string): Topic | undefined {
  return TOPICS.find((topic) => topic.name === name);
}

function createTopic(group: string, name: string, markdown: string): Topic {
  const text = markdown.replace(/<!--.*?-->\n*/gs, "");
  const [heading = "", summary = ""] = text.split("\n\n", 2);
  return { name, group, title: heading.replace(/^# /, ""), summary, text };
}
