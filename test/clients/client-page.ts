/** Bundles a page of `test/clients/pages` as an application does, and serves it from an origin of its own. */
import { afterAll, afterEach, beforeAll } from "bun:test";
import type { BunPlugin } from "bun";
import type { Page } from "playwright-core";
import type { StandIn } from "../bedrock/index.ts";
import { useBrowser } from "../browser/browser.ts";
import { type Servers, startServers } from "./servers.ts";

/** Diagrams, formulas and code colours: heavy, and no part of a conversation. */
const DECORATION =
  /^(mermaid|shiki|katex|rehype-katex|lucide|date-fns|@copilotkit\/(web-inspector|a2ui-renderer))(\/|$)/;

const withoutDecoration: BunPlugin = {
  name: "without-decoration",
  setup(build) {
    build.onResolve({ filter: DECORATION }, ({ path }) => ({ path, namespace: "decoration" }));
    build.onLoad({ filter: /./, namespace: "decoration" }, () => ({
      contents: "module.exports = new Proxy({}, { get: () => () => null })",
      loader: "js",
    }));
    build.onLoad({ filter: /\.css$/ }, () => ({ contents: "", loader: "css" }));
  },
};

/** A page with one chat. */
export interface ClientPage {
  /** Starts the servers, opens the page with a version of `@ag-ui/client`, and sends a message. */
  ask(script: Parameters<StandIn["script"]>[0], client?: string): Promise<Chat>;
}

export interface Chat {
  readonly page: Page;
  readonly servers: Servers;
  say(message: string): Promise<void>;
}

/** Serves a page to a browser during the tests of a `describe`. @param name a file of `pages`, without its extension. */
export function useClientPage(name: string): ClientPage {
  const browser = useBrowser();
  let server: Bun.Server<undefined> | undefined;
  let servers: Servers | undefined;
  beforeAll(async () => {
    server = servePage(await bundlePage(name));
  });
  afterEach(async () => await servers?.stop());
  afterAll(async () => await server?.stop(true));
  return {
    async ask(script, client = "0.0.59") {
      if (!server) throw new Error("the page is served within tests only");
      const started = await startServers("--allowed-origins", server.url.origin);
      servers = started;
      started.bedrock.script(script);
      const { page } = await browser.open();
      const parameters = new URLSearchParams({
        server: `${started.specchat.url}/bedrock-chat/ag-ui`,
        client,
      });
      await page.goto(`${server.url}?${parameters}`);
      const say = async (message: string) => {
        await page.getByRole("textbox").fill(message);
        await page.getByRole("textbox").press("Enter");
      };
      await say("Hello");
      return { page, servers: started, say };
    },
  };
}

async function bundlePage(name: string): Promise<Blob | undefined> {
  const { outputs } = await Bun.build({
    entrypoints: [`${import.meta.dir}/pages/${name}.tsx`],
    target: "browser",
    define: { "process.env.NODE_ENV": '"production"' },
    plugins: [withoutDecoration],
  });
  return outputs.find(({ kind }) => kind === "entry-point");
}

function servePage(script: Blob | undefined): Bun.Server<undefined> {
  const html =
    '<!doctype html><link rel="icon" href="data:,"><body><script type="module" src="/page.js"></script>';
  return Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    routes: {
      "/": new Response(html, { headers: { "Content-Type": "text/html" } }),
      "/page.js": new Response(script, { headers: { "Content-Type": "text/javascript" } }),
    },
  });
}
