/** Lists every route. Imports are static, since a compiled binary has no folder to scan. */

import { resourceMetadata } from "../routes/.well-known/oauth-protected-resource/index.ts";
import { mcpResourceMetadata } from "../routes/.well-known/oauth-protected-resource/mcp.ts";
import type { Route } from "../routes/_http/types.ts";
import { agentStreamRoute } from "../routes/api/agent/stream.ts";
import { chatMessage } from "../routes/api/chat/message.ts";
import { approve } from "../routes/api/v1/approvals/[id]/approve.ts";
import { cancel } from "../routes/api/v1/approvals/[id]/cancel.ts";
import { approval } from "../routes/api/v1/approvals/[id]/index.ts";
import { reject } from "../routes/api/v1/approvals/[id]/reject.ts";
import { pendingApprovals } from "../routes/api/v1/approvals/pending.ts";
import { chat } from "../routes/api/v1/chat/index.ts";
import { chatStream } from "../routes/api/v1/chat/stream.ts";
import { langchainRest } from "../routes/api/v1/index.ts";
import { provider } from "../routes/api/v1/models/providers/[name].ts";
import { providers } from "../routes/api/v1/models/providers/index.ts";
import { validateModel } from "../routes/api/v1/models/validate.ts";
import { langchainSession } from "../routes/api/v1/sessions/[id].ts";
import { langchainSessions } from "../routes/api/v1/sessions/index.ts";
import { langchainStatus } from "../routes/api/v1/status.ts";
import { signInCallback } from "../routes/bedrock-chat/account/callback.ts";
import { account } from "../routes/bedrock-chat/account/index.ts";
import { renewSession } from "../routes/bedrock-chat/account/renew.ts";
import { signIn } from "../routes/bedrock-chat/account/sign-in.ts";
import { signOut } from "../routes/bedrock-chat/account/sign-out.ts";
import { agUi } from "../routes/bedrock-chat/ag-ui.ts";
import { aiSdkResume } from "../routes/bedrock-chat/ai/[id]/stream.ts";
import { aiSdk } from "../routes/bedrock-chat/ai/index.ts";
import { manualTopic } from "../routes/bedrock-chat/docs/[topic].ts";
import { manual } from "../routes/bedrock-chat/docs/index.ts";
import { files } from "../routes/bedrock-chat/files/[id].ts";
import { chatHealth } from "../routes/bedrock-chat/health.ts";
import { sessionBranches } from "../routes/bedrock-chat/sessions/[id]/branches.ts";
import { callRequest } from "../routes/bedrock-chat/sessions/[id]/calls/[call]/request.ts";
import { callResult } from "../routes/bedrock-chat/sessions/[id]/calls/[call]/result.ts";
import { sessionExport } from "../routes/bedrock-chat/sessions/[id]/export.ts";
import { sessionFeedback } from "../routes/bedrock-chat/sessions/[id]/feedback.ts";
import { session } from "../routes/bedrock-chat/sessions/[id]/index.ts";
import { sessionShare } from "../routes/bedrock-chat/sessions/[id]/share.ts";
import { sessionStop } from "../routes/bedrock-chat/sessions/[id]/stop.ts";
import { sessionList } from "../routes/bedrock-chat/sessions/index.ts";
import { share } from "../routes/bedrock-chat/shares/[id].ts";
import { toolDetail } from "../routes/bedrock-chat/tools/[name]/index.ts";
import { toolRequest } from "../routes/bedrock-chat/tools/[name]/request.ts";
import { toolList } from "../routes/bedrock-chat/tools/index.ts";
import { ui, uiAssets } from "../routes/bedrock-chat/ui.ts";
import { usage } from "../routes/bedrock-chat/usage/index.ts";
import { usageOverview } from "../routes/bedrock-chat/usage/overview.ts";
import { ws } from "../routes/bedrock-chat/ws.ts";
import { docs } from "../routes/docs.ts";
import { health } from "../routes/health.ts";
import { root } from "../routes/index.ts";
import { livez } from "../routes/livez.ts";
import { mcp } from "../routes/mcp.ts";
import { metrics, metricsOnOwnPort } from "../routes/metrics.ts";
import { ownDocument } from "../routes/openapi.json.ts";
import { readyz } from "../routes/readyz.ts";
import { startupz } from "../routes/startupz.ts";
import { completions } from "../routes/v1/chat/completions.ts";
import { countTokens } from "../routes/v1/messages/count_tokens.ts";
import { messages } from "../routes/v1/messages/index.ts";
import { model } from "../routes/v1/models/[id].ts";
import { models } from "../routes/v1/models/index.ts";
import { responses } from "../routes/v1/responses.ts";
import { completionsSocket } from "../routes/ws/chat/completions.ts";
import { dashboard } from "../routes/ws/index.ts";

/** The endpoints of `/` and `/docs` are listed in this order. */
export const routes: readonly Route[] = [
  root,
  agentStreamRoute,
  health,
  livez,
  readyz,
  startupz,
  docs,
  ownDocument,
  metrics,
  ui,
  uiAssets,
  account,
  signIn,
  signInCallback,
  renewSession,
  signOut,
  ws,
  files,
  sessionList,
  usage,
  usageOverview,
  session,
  sessionBranches,
  sessionFeedback,
  sessionShare,
  share,
  sessionStop,
  sessionExport,
  toolList,
  toolDetail,
  toolRequest,
  callResult,
  callRequest,
  chatHealth,
  chat,
  chatStream,
  langchainSessions,
  langchainSession,
  providers,
  provider,
  validateModel,
  langchainStatus,
  pendingApprovals,
  approval,
  approve,
  reject,
  cancel,
  langchainRest,
  dashboard,
  chatMessage,
  completionsSocket,
  models,
  model,
  completions,
  responses,
  messages,
  countTokens,
  aiSdk,
  aiSdkResume,
  agUi,
  mcp,
  resourceMetadata,
  mcpResourceMetadata,
  // After docs, whose address is the same when the base path is `/`.
  manual,
  manualTopic,
];

/** The routes of `--dashboard-port`, for clients that expect the dashboard protocol on a port of its own. */
export const dashboardRoutes: readonly Route[] = [
  root,
  health,
  livez,
  readyz,
  startupz,
  dashboard,
  chatMessage,
];

/** The routes of `--metrics-port`, for scrapers and probes. */
export const metricsRoutes: readonly Route[] = [metricsOnOwnPort, health, livez, readyz, startupz];
