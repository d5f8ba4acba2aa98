/** Decides when the built-in shop is the API: with `--spec demo`, and for the demo model without a document. */
import type { Config } from "./settings.ts";

/** The value of `--spec` that selects the built-in shop. */
const DEMO_SPEC = "demo";

/** Returns whether a model id selects the built-in model: `demo` or `test-*` (src/protocols/native/PROTOCOL.md). */
export function isDemoModelId(model: string): boolean {
  return model === "demo" || model.startsWith("test-");
}

/** Returns whether `--spec` names the built-in shop. */
export function isDemoApi({ spec }: Pick<Config, "spec">): boolean {
  return spec.length === 1 && spec[0] === DEMO_SPEC;
}

/** Adds the built-in shop when the demo model replies and there is no document. */
export function withDemoApi(config: Config, useDemoModel: boolean): Config {
  const isNeeded = config.spec.length === 0 && (useDemoModel || isDemoModelId(config.model));
  return isNeeded ? { ...config, spec: [DEMO_SPEC] } : config;
}
