/** Measures the page in Chromium while a reply streams, in turn with a page that only puts the text into a `<pre>`. */
import type { Page } from "playwright-core";
import { openChat, sendMessage } from "../browser/actions.ts";
import { hasBrowser, launchBrowser } from "../browser/browser.ts";
import { createAiResponse, createFrameSequencer, startScriptedServer } from "../browser/scripted.ts";
import { type Measurement, median } from "./measurement.ts";

/** Milliseconds between two deltas. */
const INTERVAL = 10;
const ROUNDS = 2;

/** Each text has 200 lines. The target is the share of the main thread that scripts may take. */
const TEXTS = {
  prose: {
    target: 0.25,
    text: writeLines((line) => `Paragraph **${line}** has _some_ words and \`code\`.\n\n`),
  },
  table: {
    target: 0.3,
    text: `| Order | Customer | Status | Total |\n| --- | --- | --- | --- |\n${writeLines((line) => `| ${line} | **Customer** ${line} | late | ${line * 7}.50 |\n`)}`,
  },
  list: {
    target: 0.3,
    text: writeLines((line) => `- Order **${line}** is late, and costs ${line * 7}.50\n`),
  },
  item: {
    target: 0.3,
    text: `- ${writeLines((line) => `Sentence **${line}** of one item costs \`${line * 7}\`. `)}`,
  },
  quote: {
    target: 0.3,
    text: writeLines((line) => `> Line **${line}** of one quote costs \`${line * 7}\`, and so on.\n`),
  },
  code: {
    target: 0.3,
    text: `\`\`\`ts\n${writeLines((line) => `const order${line} = await find(${line}, "late"); // ${line}\n`)}\`\`\`\n`,
  },
} as const;

function writeLines(write: (line: number) => string): string {
  return Array.from({ length: 200 }, (_, line) => write(line)).join("");
}

interface Share {
  /** CPU time of scripts, as a share of the time that passed. */
  readonly script: number;
  /** CPU time of all work of the main thread, as a share of the time that passed. */
  readonly all: number;
}

/** Runs the benchmark. Without a browser it measures nothing. */
export async function page(): Promise<readonly Measurement[]> {
  if (!hasBrowser) return [];
  const browser = await launchBrowser();
  const chat = startScriptedServer();
  const bare = startBarePage();
  const measurements: Measurement[] = [];
  try {
    for (const [kind, { text, target }] of Object.entries(TEXTS)) {
      const shares: { readonly page: Share; readonly bare: Share }[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        const tab = await browser.newPage();
        shares.push({ page: await measureChat(tab, chat, text), bare: await measureBare(tab, bare, text) });
        await tab.close();
      }
      const [script, all, bareScript, bareAll] = [
        median(shares.map((share) => share.page.script)),
        median(shares.map((share) => share.page.all)),
        median(shares.map((share) => share.bare.script)),
        median(shares.map((share) => share.bare.all)),
      ];
      measurements.push(
        {
          name: `page: ${kind} of 200 lines, scripts`,
          value: formatShare(script),
          ratio: { of: script, to: "the main thread", target },
        },
        {
          name: `page: ${kind} of 200 lines, all work`,
          value: `${formatShare(all)}; a <pre> has ${formatShare(bareScript)} and ${formatShare(bareAll)}`,
        },
      );
    }
  } finally {
    await browser.close();
    chat.stop();
    await bare.stop();
  }
  return measurements;
}

async function measureChat(
  tab: Page,
  server: ReturnType<typeof startScriptedServer>,
  text: string,
): Promise<Share> {
  server.reset();
  const next = createFrameSequencer();
  const streamed = Promise.withResolvers<void>();
  const started = Promise.withResolvers<void>();
  const isMeasured = Promise.withResolvers<void>();
  server.setScript(async (client) => {
    client.send(next({ type: "text_delta", text: "The reply.\n\n" } as const));
    started.resolve();
    await isMeasured.promise;
    await sendDeltas(text, (delta) => client.send(next({ type: "text_delta", text: delta } as const)));
    streamed.resolve();
    client.send(next(createAiResponse(`The reply.\n\n${text}`)));
  });
  await openChat(tab, server.address);
  await sendMessage(tab, "Go");
  await started.promise;
  await tab.locator(".markdown p").waitFor();
  return measureShare(tab, async () => {
    isMeasured.resolve();
    await streamed.promise;
  });
}

async function measureBare(
  tab: Page,
  server: ReturnType<typeof startBarePage>,
  text: string,
): Promise<Share> {
  await tab.goto(server.address);
  await tab.locator("pre", { hasText: "Ready" }).waitFor();
  return measureShare(tab, () => sendDeltas(text, server.send));
}

async function sendDeltas(text: string, send: (delta: string) => void): Promise<void> {
  const size = 10;
  const start = performance.now();
  for (let index = 0; index * size < text.length; index++) {
    send(text.slice(index * size, (index + 1) * size));
    await Bun.sleep(Math.max(0, start + (index + 1) * INTERVAL - performance.now()));
  }
}

async function measureShare(tab: Page, run: () => Promise<void>): Promise<Share> {
  const client = await tab.context().newCDPSession(tab);
  await client.send("Performance.enable", { timeDomain: "threadTicks" });
  const read = async () => {
    const { metrics } = await client.send("Performance.getMetrics");
    return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
  };
  const before = await read();
  const start = performance.now();
  await run();
  const seconds = (performance.now() - start) / 1000;
  const after = await read();
  await client.detach();
  const shareOf = (name: string) => ((after[name] ?? 0) - (before[name] ?? 0)) / seconds;
  return { script: shareOf("ScriptDuration"), all: shareOf("TaskDuration") };
}

/** Serves a page that appends the text of each WebSocket message to a `<pre>`. */
function startBarePage() {
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch(request, upgrader) {
      if (upgrader.upgrade(request)) return undefined;
      const script = `const pre = document.querySelector("pre");
        const socket = new WebSocket(location.href.replace("http", "ws"));
        socket.onopen = () => { pre.textContent = "Ready"; };
        socket.onmessage = ({ data }) => { pre.append(data); scrollTo(0, document.body.scrollHeight); };`;
      return new Response(`<!doctype html><pre></pre><script>${script}</script>`, {
        headers: { "content-type": "text/html" },
      });
    },
    websocket: {
      open(socket) {
        socket.subscribe("text");
      },
      message() {},
    },
  });
  return {
    address: server.url.href,
    send: (text: string) => {
      server.publish("text", text);
    },
    stop: () => server.stop(true),
  };
}

function formatShare(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}
