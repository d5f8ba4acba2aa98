import { expect, test } from "bun:test";
import { loadConfig } from "../../src/config/load.ts";
import type { Route } from "../../src/routes/_http/types.ts";
import { createRouter } from "../../src/server/router.ts";

const { config } = loadConfig({ argv: [], environment: {}, readFile: () => undefined });
const route = (path: string, enabled = true): Route => ({
  path: () => path,
  methods: {},
  enabled: () => enabled,
});

test("An exact path wins over a named segment, and that over the longest /*.", () => {
  const routes = ["/ui/*", "/ui/deep/*", "/s/:id", "/s/:id/stop", "/s/all", "/ui"].map((path) => route(path));
  const find = createRouter([...routes, route("/off", false), route("/off/*", false)], config);
  const found = (path: string) => find(path)?.path(config);
  expect(
    ["/ui", "/ui/", "/ui/a/b", "/ui/deep/c", "/s/all", "/s/7", "/s/a%2Fb", "/s/7/stop", "/s/all/stop"].map(
      found,
    ),
  ).toEqual([
    "/ui",
    "/ui/*",
    "/ui/*",
    "/ui/deep/*",
    "/s/all",
    "/s/:id",
    "/s/:id",
    "/s/:id/stop",
    "/s/:id/stop",
  ]);
  expect(
    ["/", "/u", "/uis", "/s", "/s/", "/s//stop", "/s/7/", "/s/7/go", "/off", "/off/a"].map(found),
  ).toEqual(Array.from({ length: 10 }, () => undefined));
});
