/** Learns from refusals which API serves a model, which reasoning it takes back, and how it caches and reasons. */
import type { Capabilities } from "../capabilities-columns.ts";
import type { InferenceRule, InferredCapabilities } from "./inference-rule.ts";

/** The refused type of Claude's `thinking`. */
const THINKING_TYPE =
  /thinking\.type\.(\w+)\W{1,3}is not supported|(adaptive) thinking is not supported|input tag '(\w+)' found using 'type'/i;

export const SURFACE_RULES: readonly InferenceRule[] = [
  {
    pattern: /supported on this route/i,
    description: "is called with another API or path, because the preferred one refused it",
    infer: ({ apis, endpoint, mantlePaths }) =>
      apis[0] === "responses" && endpoint === "mantle" && mantlePaths.length > 1
        ? { mantlePaths: mantlePaths.slice(1) }
        : inferOtherApi({ apis }),
  },
  {
    pattern:
      /action doesn't support the model|model identifier is invalid|not authorized to perform|the model .{1,200} does not exist/i,
    description: "is called with another API, because the preferred one refused it",
    infer: inferOtherApi,
  },
  {
    pattern: THINKING_TYPE,
    description: "controls its reasoning in another way",
    infer: inferThinking,
  },
  {
    pattern: /block_binding|thinking-binding-controls|invalid beta flag/i,
    description: "cannot drop thinking that no longer fits",
    infer: (known) => (known.dropsUnboundThinking ? { dropsUnboundThinking: false } : undefined),
  },
  {
    pattern:
      /bound to a different conversation|invalid `signature` in `thinking`|invalid_encrypted_content|encrypted content .{1,200} could not be|of type 'reasoning' was provided without|support reasoning items/i,
    description: "refuses the reasoning of earlier turns; it is left out",
    infer: ({ reasoningReplay: replay }) =>
      replay === "none" ? undefined : { reasoningReplay: replay === "all" ? "turn" : "none" },
  },
  {
    pattern:
      /thinking.{0,40}\bdisabled\b.{0,60}not supported|thinking.{0,60}cannot be (disabled|turned off)/i,
    description: "cannot reply without reasoning",
    infer: (known) => (known.reasoningOff === "impossible" ? undefined : { reasoningOff: "impossible" }),
  },
  {
    pattern: /unsupported value: '(none|low|medium|high|xhigh|max)'/i,
    description: "does not support a reasoning effort",
    infer(known, text) {
      const [, effort] = /unsupported value: '(\w+)'/i.exec(text) ?? [];
      if (effort === "none")
        return known.reasoningOff === "effort_none" ? { reasoningOff: "impossible" } : undefined;
      const efforts = known.efforts.filter((name) => name !== effort);
      return efforts.length === known.efforts.length ? undefined : { efforts };
    },
  },
  {
    pattern: /prompt_cache_(breakpoint|options)/i,
    description: "does not support cache breakpoints",
    infer: (known) => (known.cacheBreakpoints ? { cacheBreakpoints: false } : undefined),
  },
];

/** Each step leads to one with less control, and the last one to no reasoning. */
function inferThinking(
  { reasoning, reasoningOff }: Capabilities,
  text: string,
): InferredCapabilities | undefined {
  const type = THINKING_TYPE.exec(text)
    ?.slice(1)
    .find((match) => match !== undefined);
  if (type === "enabled" && reasoning === "budget")
    return { reasoning: "adaptive", efforts: ["low", "medium", "high"] };
  if (type === "adaptive" && reasoning === "adaptive") return { reasoning: "none" };
  return type === reasoningOff ? { reasoningOff: "impossible" } : undefined;
}

function inferOtherApi({ apis }: Pick<Capabilities, "apis">): InferredCapabilities | undefined {
  return apis.length > 1 ? { apis: apis.slice(1) } : undefined;
}
