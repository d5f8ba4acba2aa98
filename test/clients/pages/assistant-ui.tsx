/** A page of assistant-ui: its thread over the runtime of AG-UI, its own approval of calls, and a tool of the page. */
import {
  AssistantRuntimeProvider,
  ComposerPrimitive,
  MessagePrimitive,
  ThreadPrimitive,
  type ToolCallMessagePartProps,
  useAssistantTool,
} from "@assistant-ui/react";
import { useAgUiRuntime } from "@assistant-ui/react-ag-ui";
import { createRoot } from "react-dom/client";
import { z } from "zod";
import { agent } from "./agent.ts";

function Call({ toolName, argsText, result, approval, respondToApproval }: ToolCallMessagePartProps) {
  const answer = (approved: boolean, reason?: string) =>
    void respondToApproval({ approved, ...(reason && { reason }) });
  return (
    <p data-call={toolName}>
      <code>{argsText}</code>
      <output>{typeof result === "string" ? result : JSON.stringify(result)}</output>
      {approval && approval.approved === undefined && (
        <>
          <button type="button" onClick={() => answer(true)}>
            Approve
          </button>
          <button type="button" onClick={() => answer(false, "Too big")}>
            Refuse
          </button>
        </>
      )}
    </p>
  );
}

function Message() {
  return (
    <MessagePrimitive.Root>
      <MessagePrimitive.Parts components={{ tools: { Fallback: Call } }} />
    </MessagePrimitive.Root>
  );
}

function Thread() {
  useAssistantTool({
    toolName: "page.colour",
    description: "Tells the colour of the page.",
    parameters: z.object({ part: z.string() }),
    execute: async ({ part }) => `The ${part} is green.`,
  });
  return (
    <ThreadPrimitive.Root>
      <ThreadPrimitive.Messages components={{ Message }} />
      <ComposerPrimitive.Root>
        <ComposerPrimitive.Input />
      </ComposerPrimitive.Root>
    </ThreadPrimitive.Root>
  );
}

function Page() {
  const runtime = useAgUiRuntime({ agent: agent as never });
  return (
    <AssistantRuntimeProvider runtime={runtime}>
      <Thread />
    </AssistantRuntimeProvider>
  );
}

createRoot(document.body.appendChild(document.createElement("main"))).render(<Page />);
