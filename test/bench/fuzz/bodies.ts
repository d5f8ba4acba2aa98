/** Mutated bodies of every route that takes one, and messages of MCP: no server error, an answer in time. */
import fc from "fast-check";
import { loadConfig } from "../../../src/config/load.ts";
import { routes } from "../../../src/server/routes.ts";
import { type Mutation, mutate, mutations, textChange } from "./mutation.ts";
import { SEED_BODIES, SEED_MCP, SESSION } from "./seed-bodies.ts";
import { inTime, type Surface } from "./surface.ts";
import type { Target } from "./target.ts";

interface BodyCase {
  /** Method and path. */
  readonly route: string;
  readonly seed: unknown;
  readonly changes: readonly Mutation[];
  readonly change: ((text: string) => string) | null;
  readonly id: string;
}

export const IDS = [SESSION, "x", "%zz", "%00", "..%2f", "__proto__", "%F0%9F%98%80"];
const HEADERS = {
  "Content-Type": "application/json",
  Accept: "application/json, text/event-stream",
  "MCP-Protocol-Version": "2025-06-18",
};

/** @throws Error when a route that takes a body has no seed. */
export function createBodies(target: Target): Surface<BodyCase> {
  const missing = listBodyRoutes().filter((route) => SEED_BODIES[route] === undefined);
  if (missing.length > 0) throw new Error(`seed-bodies.ts has no body for ${missing.join(", ")}`);
  return createBodySurface("bodies", 0.05, SEED_BODIES, target);
}

export function createMcpMessages(target: Target): Surface<BodyCase> {
  return createBodySurface("MCP messages", 0.025, { "POST /mcp": SEED_MCP }, target);
}

function listBodyRoutes(): readonly string[] {
  const { config } = loadConfig({ argv: [], environment: {}, readFile: () => undefined });
  return routes.flatMap(({ methods, path }) =>
    ["POST", "PUT", "PATCH"]
      .filter((method) => method in methods && path(config) !== "/mcp" && !path(config).endsWith("*"))
      .map((method) => `${method} ${path(config)}`),
  );
}

function createBodySurface(
  name: string,
  share: number,
  seeds: Readonly<Record<string, readonly unknown[]>>,
  target: Target,
): Surface<BodyCase> {
  const pairs = Object.entries(seeds).flatMap(([route, bodies]) => bodies.map((seed) => ({ route, seed })));
  const headers = { ...HEADERS, ...target.headers };
  const write = ({ seed, changes, change }: BodyCase) => {
    const text = JSON.stringify(mutate(seed, changes)) ?? "";
    return change ? change(text) : text;
  };
  return {
    name: `${name}${target.suffix}`,
    share,
    cases: fc
      .record({
        pair: fc.constantFrom(...pairs),
        changes: mutations,
        change: fc.option(textChange, { freq: 8 }),
        id: fc.constantFrom(...IDS),
      })
      .map(({ pair, ...more }) => ({ ...pair, ...more })),
    describe: (one) => `${one.route.replace(":id", one.id)} ${write(one)}`,
    async check(one) {
      const [method = "", path = ""] = one.route.replace(":id", one.id).split(" ");
      const send = async () => {
        const response = await fetch(`${target.url}${path}`, { method, body: write(one), headers });
        return { status: response.status, text: await response.text() };
      };
      const { status, text } = await inTime(send(), one.route);
      // The reply of the stand-in does not match a format that was changed.
      if (status === 502 && text.includes("model_refused")) return await target.verify();
      if (status >= 500) throw new Error(`status ${status}: ${text.slice(0, 500)}`);
      await target.verify();
    },
  };
}
