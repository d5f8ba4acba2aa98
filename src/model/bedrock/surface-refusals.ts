/** Learns from refusals which API serves a model, which reasoning it takes back, and how it caches and reasons. */
import type { InferenceRule } from "./inference-rule.ts";

export const SURFACE_RULES: readonly InferenceRule[] = [
  {
    pattern:
      /supported on this route|action doesn't support the model|model identifier is invalid|not authorized to perform|the model .{1,200} does not exist/i,
    description: "is called with another API, because the preferred one refused it",
    infer: ({ apis }) => (apis.length > 1 ? { apis: apis.slice(1) } : undefined),
  },
  {
    pattern: /block_binding|thinking-binding-controls/i,
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
