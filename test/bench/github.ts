/** GitHub's OpenAPI document, a large one for benchmarks. */
import { ApiRegistry } from "../../src/apis/api-registry.ts";
import { loadConfig } from "../../src/config/load.ts";
import { testPorts } from "../support/harness.ts";

/** The document: 811 paths, 1,223 operations, 13 MB. */
export const GITHUB_DOCUMENT = `${import.meta.dir}/../../node_modules/@octokit/openapi/generated/api.github.com.json`;

/** Loads the document from its file into tools. */
export function loadGitHubTools() {
  return loadTools(["--spec", GITHUB_DOCUMENT, "--include-deprecated"]);
}

/** Loads the built-in demo API into tools. */
export async function loadDemoTools(): Promise<void> {
  await (await loadTools(["--spec", "demo"])).stop();
}

function loadTools(argv: readonly string[]) {
  return ApiRegistry.load(
    loadConfig({ argv, environment: {}, readFile: () => undefined }).config,
    testPorts(),
  );
}
