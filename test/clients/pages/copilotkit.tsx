/** A page of CopilotKit: its chat, and each hook that a server's calls meet. */
import {
  CopilotChat,
  CopilotKitProvider,
  useDefaultRenderTool,
  useFrontendTool,
  useHumanInTheLoop,
  useInterrupt,
} from "@copilotkit/react-core/v2";
import { createRoot } from "react-dom/client";
import { z } from "zod";
import { agent } from "./agent.ts";

function Hooks() {
  useDefaultRenderTool();
  useInterrupt({
    render: ({ interrupts, resolve, cancel }) => (
      <div>
        {interrupts.map(({ id, message }) => (
          <p key={id}>
            <span>{message}</span>
            <button type="button" onClick={() => void resolve({ approved: true }, id)}>
              Approve
            </button>
            <button type="button" onClick={() => void resolve({ approved: false, reason: "Too big" }, id)}>
              Refuse
            </button>
            <button type="button" onClick={() => void cancel(id)}>
              Cancel
            </button>
          </p>
        ))}
      </div>
    ),
  });
  useFrontendTool({
    name: "page.colour",
    description: "Tells the colour of the page.",
    parameters: z.object({ part: z.string() }),
    handler: async ({ part }) => `The ${part} is green.`,
  });
  useHumanInTheLoop({
    name: "confirmColour",
    description: "Asks the person about a colour.",
    parameters: z.object({ colour: z.string() }),
    render: ({ args, respond }) => (
      <button type="button" disabled={!respond} onClick={() => void respond?.("yes")}>
        {`Take ${args.colour}`}
      </button>
    ),
  });
  return null;
}

createRoot(document.body.appendChild(document.createElement("main"))).render(
  <CopilotKitProvider agents__unsafe_dev_only={{ default: agent as never }}>
    <Hooks />
    <CopilotChat />
  </CopilotKitProvider>,
);
