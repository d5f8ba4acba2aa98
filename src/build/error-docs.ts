/** Formats the error codes as sections of the manual: what happened, and what to do. */
import { ERROR_STATUS, type ErrorCode, type LogCode } from "../errors.ts";

interface ErrorHelp {
  readonly happened: string;
  readonly fix: string;
}

const LOG = "The log line of the failure has the reason in `detail`.";

export const ERROR_HELP: Readonly<Record<ErrorCode, ErrorHelp>> = {
  bad_frame: {
    happened: "A WebSocket received a frame that its protocol does not have. The message names the field.",
    fix: "Correct the client. [Protocols](protocols.md) links to the frames of each protocol.",
  },
  unknown_type: {
    happened: "A WebSocket received a frame whose `type` its protocol does not have.",
    fix: "Correct the client, or update the server: an older version has fewer frames.",
  },
  bad_request: {
    happened:
      "A request is invalid: its body, a parameter or its URL. The message names what is wrong. A turn that failed after calls that may have changed data has this status too, so that no client repeats it.",
    fix: "Correct the request.",
  },
  message_too_long: {
    happened: "A message, a file or a body is longer than a limit. The message names the limit.",
    fix: "Shorten it, or raise `--max-input-size`, `--max-message-size` or `--max-attachments-size`.",
  },
  unauthorized: {
    happened: "The request has no credentials, or they are invalid or have expired.",
    fix: "Sign in again, or send a valid token. The audit log has the reason: [security](security.md), [audit](audit.md).",
  },
  authentication_unavailable: {
    happened: "Who the caller is cannot be found out, because the service that says so does not respond.",
    fix: `Try again later. Check that the identity provider and its keys can be reached from this machine: [security](security.md). ${LOG}`,
  },
  forbidden: {
    happened:
      "The caller is known, and its roles do not allow this. A page of another origin and an unknown Host are refused too.",
    fix: "Give the caller a role with this permission: [roles](roles.md). For a page of another site, name its origin with `--allowed-origins`. For an unknown Host, name it with `--allowed-hosts`.",
  },
  not_found: {
    happened: "The address, the model, the call or the stored result does not exist, or is no longer kept.",
    fix: "Check the name. A protocol is served when `--contracts` has it: [protocols](protocols.md#select-protocols).",
  },
  session_not_found: {
    happened:
      "The session was deleted, has expired, is damaged, or belongs to another caller. These look the same, so that nobody can find out which sessions exist.",
    fix: `Start a new session. When sessions of all people are gone, check that \`--store\` and \`--data-dir\` are those of before the restart. ${LOG}`,
  },
  approval_not_found: {
    happened:
      "A decision names calls that do not wait: somebody decided before, the turn was stopped, or the time was over.",
    fix: "Read the state of the session again. `--approval-timeout` sets the time: [approval](approval.md).",
  },
  rate_limited: {
    happened:
      "The caller, its organization, its address or the server has too many requests, or too many turns at the same time, an address has presented too many wrong credentials, or too many long requests are being received ([security](security.md#limits-of-a-request)): [limits](limits.md).",
    fix: "Wait as long as `Retry-After` says. When everyone is limited behind a proxy, set `--trusted-proxies`: without it, all people have the address of the proxy.",
  },
  budget_exceeded: {
    happened:
      "The tokens or the cost of a day or month are used up, of the caller, its API key, its organization, its address or the server. The message names the budget and when it is renewed.",
    fix: "Wait for the next period, or raise the limit: [limits](limits.md).",
  },
  queue_full: {
    happened: "Too many messages wait in the session, or too many calls for the model.",
    fix: "Try again later. If this is frequent, raise `--max-concurrent-requests` or `--request-queue-size`, or add `--fallback-model`: [models](models.md#retries-and-fallback-models).",
  },
  too_many_tools: {
    happened: "The definitions of the tools leave no place for messages in the context window of the model.",
    fix: "Offer fewer [tools](tools.md#filters), shorten descriptions with `--description-limit`, let the model search for tools, or choose a model with a larger context window.",
  },
  context_exceeded: {
    happened: "The request is too long for the model, also after the history was shortened.",
    fix: "Start a new session. If this is frequent, offer fewer [tools](tools.md#filters) or lower `--max-conversation-messages`: [context](context.md).",
  },
  throttled: {
    happened:
      "Bedrock refused the model call because a quota of the account is used up, and retries did not help.",
    fix: 'Add `--fallback-model`, use an inference profile, or ask AWS for a higher quota. `specchat_model_retries_total` and `bedrock_chat_requests_total{reason="throttled"}` show how often: [models](models.md#retries-and-fallback-models).',
  },
  access_denied: {
    happened:
      "AWS refused the model call: credentials are missing, wrong or expired, a permission is missing, or the account has no access to the model.",
    fix: `Run \`specchat check\`, which names the fix. \`specchat deploy iam\` prints the policy. ${LOG} See [Amazon Bedrock](bedrock.md).`,
  },
  model_unavailable: {
    happened:
      "The model does not exist in the region, needs an inference profile, has reached the end of its life, or Bedrock cannot be reached or fails. With an open circuit breaker, no call was sent.",
    fix: `Check \`--model\` and \`--region\`, the network and \`HTTPS_PROXY\`. ${LOG}`,
  },
  model_refused: {
    happened:
      "The model or Bedrock refused the request, or the reply could not be read. The same request would be refused again.",
    fix: `Ask in another way. ${LOG} A guardrail, a parameter that the model does not have, and a malformed reply are frequent reasons.`,
  },
  model_timeout: {
    happened: "The model was silent for too long.",
    fix: "Try again. If this is frequent, raise `--silence-timeout`, or choose a faster model.",
  },
  stream_interrupted: {
    happened: "The connection to Bedrock broke while the model replied. The text so far is kept.",
    fix: "Ask again. If this is frequent, a proxy between specchat and Bedrock closes connections: raise its timeouts.",
  },
  interrupted: {
    happened: "The process that ran the turn ended, or the client fell too far behind its events.",
    fix: "Ask again, or resume the session. The text and the results so far are stored: [sessions](sessions.md#restarts-and-crashes).",
  },
  cancelled: {
    happened: "Somebody stopped the turn, or the client closed its request.",
    fix: "Nothing. A proxy that closes slow requests has the same effect: raise its timeouts.",
  },
  stopping: {
    happened: "The server is stopping and accepts no new turns.",
    fix: "Try again after a few seconds. Clients reconnect by themselves: [deployment](deployment.md#stop-and-restart).",
  },
  store_unavailable: {
    happened:
      "The session store cannot be reached, is full, read-only or too slow, or its data folder is gone.",
    fix: `Make space, or start the store. Requests work again when it does. ${LOG} \`specchat_store_seconds_count{outcome="failed"}\` shows which operation fails: [storage](storage.md).`,
  },
  audit_unavailable: {
    happened: "The audit log cannot be written, and `--audit-required` refuses what would not be in it.",
    fix: "Make space on its disk, or correct the address of its sink. Requests work again when it can be written: [audit](audit.md).",
  },
  lease_lost: {
    happened: "Another process has taken over the session, because this one did not renew its lease in time.",
    fix: "Resume the session. If this is frequent, a process is overloaded, or the connection to the store is slow: [scaling](scaling.md).",
  },
  internal: {
    happened: "A bug in specchat or in a custom tool. The client learns no reason.",
    fix: "Look for the `X-Request-ID` of the response in the log: the line has the cause. Please [report it](troubleshooting.md#report-a-problem).",
  },
};

const LOG_HELP: Readonly<Record<LogCode, ErrorHelp>> = {
  api_unreachable: {
    happened:
      "A call of the API got no response: it refuses connections, its name is not found, its certificate is not accepted, or it is too slow. The model reads the reason and says so.",
    fix: 'Start the API, or correct its address with `--base-url`. `specchat check` tests the connection. `--timeout` sets how long a call may take. `bedrock_tool_calls_total{status="failed"}` counts the calls by operation: [API documents](documents.md), [troubleshooting](troubleshooting.md#calls-of-the-api-fail).',
  },
  document_outdated: {
    happened:
      "A document has changed, and its new version cannot be loaded. The previous version stays in use, so users notice nothing until an operation differs.",
    fix: "Correct the document: `detail` has the file and the line. It is loaded as soon as it changes, or on SIGHUP. `specchat_documents_outdated` counts such documents: [documents](documents.md#reload).",
  },
};

/** Returns one section for each code, in the order of their declaration. */
export function formatErrorSections(): string {
  const errors = Object.entries(ERROR_HELP).map(([code, help]) =>
    formatSection(code, `HTTP status ${ERROR_STATUS[code as ErrorCode]}.`, help),
  );
  const lines = Object.entries(LOG_HELP).map(([code, help]) =>
    formatSection(code, "Only in the log: no request ends with it.", help),
  );
  return [...errors, ...lines].join("\n\n");
}

function formatSection(code: string, place: string, { happened, fix }: ErrorHelp): string {
  return [`## \`${code}\``, `${place} ${happened}`, `**What to do:** ${fix}`].join("\n\n");
}
