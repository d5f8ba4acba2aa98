/** Measures the page with a conversation of 500 turns in Chromium, in turn with shorter ones and with a bare page. */
import type { Browser, CDPSession, Page } from "playwright-core";
import type { Model } from "../../src/model/types.ts";
import { sendMessage } from "../browser/actions.ts";
import { hasBrowser, launchBrowser } from "../browser/browser.ts";
import { type DemoServer, startDemoServer } from "../browser/real.ts";
import { storeConversation } from "../browser/seeded.ts";
import { createScriptedModel } from "../support/scripted-model.ts";
import { type Measurement, median } from "./measurement.ts";

const ROUNDS = 5;
const TURNS = { one: 1, short: 20, long: 500 } as const;
/** Keys that are pressed while a reply streams. */
const KEYS = 30;

type Length = keyof typeof TURNS;

/** Runs the benchmark. Without a browser it measures nothing. */
export async function longPage(): Promise<readonly Measurement[]> {
  if (!hasBrowser) return [];
  const browser = await launchBrowser();
  const server = await startDemoServer([], { model: createStreamingModel() });
  const bare = startBarePage();
  try {
    const addresses: Record<Length, string> = { one: "", short: "", long: "" };
    for (const length of ["one", "short", "long"] as const)
      addresses[length] = await address(server, TURNS[length]);
    const samples = { opening: sample(), memory: sample(), key: sample() };
    const typing: { readonly page: number; readonly bare: number }[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      for (const length of ["one", "short", "long"] as const) {
        const { opening, memory, key } = await measureConversation(browser, addresses[length]);
        samples.opening[length].push(opening);
        samples.memory[length].push(memory);
        samples.key[length].push(key);
      }
      typing.push({
        page: await measureTyping(browser, server.address),
        bare: await measureTyping(browser, bare.url.href),
      });
    }
    const of = (values: Record<Length, number[]>, length: Length) => median(values[length]);
    const { opening, memory, key } = samples;
    const pageTyping = median(typing.map((one) => one.page));
    const bareTyping = median(typing.map((one) => one.bare));
    return [
      {
        name: "page: opening 500 turns, CPU time of the main thread",
        value: formatTime(of(opening, "long")),
        ratio: { of: of(opening, "long") / of(opening, "one"), to: "one turn", target: 2 },
      },
      {
        name: "page: key to paint while a reply streams, 500 turns",
        value: formatTime(of(key, "long")),
        ratio: { of: of(key, "long") / of(key, "one"), to: "one turn", target: 1.5 },
      },
      {
        name: "page: memory of scripts, 500 turns",
        value: `${(of(memory, "long") / 1e6).toFixed(1)} MB`,
        ratio: { of: of(memory, "long") / of(memory, "short"), to: "20 turns", target: 1.5 },
      },
      {
        name: "page: time to typing",
        value: formatTime(pageTyping),
        ratio: { of: pageTyping / bareTyping, to: "a bare page", target: 2 },
      },
    ];
  } finally {
    await browser.close();
    await server.stop();
    await bare.stop(true);
  }
}

const sample = (): Record<Length, number[]> => ({ one: [], short: [], long: [] });

async function address(server: DemoServer, turns: number): Promise<string> {
  return `${server.address}?conversation=${await storeConversation(server, turns)}`;
}

/** Opens a conversation in a new tab, and types while a reply streams. The times are in milliseconds, the memory in bytes. */
async function measureConversation(browser: Browser, url: string) {
  const tab = await browser.newPage();
  const client = await tab.context().newCDPSession(tab);
  await client.send("Performance.enable", { timeDomain: "threadTicks" });
  await tab.goto(url);
  await tab.locator(".entry-reply .markdown p").last().waitFor();
  await tab.waitForFunction(() => document.querySelector(".markdown:empty") === null);
  await settle(tab);
  const opening = (await readMetric(client, "TaskDuration")) * 1000;
  await client.send("HeapProfiler.collectGarbage");
  const memory = await readMetric(client, "JSHeapUsedSize");
  const replies = await tab.locator(".entry-reply").count();
  await sendMessage(tab, "Go");
  await tab.locator(".entry-reply article[aria-busy=true] .markdown p").waitFor();
  const key = await measureKeys(tab);
  await tab.getByRole("button", { name: "Stop" }).click();
  await tab.close();
  return { opening, memory, key, replies };
}

/** Returns the milliseconds from a key to the frame that shows its character, the median of many keys. */
async function measureKeys(tab: Page): Promise<number> {
  await tab.getByLabel("Message", { exact: true }).focus();
  await tab.evaluate(() => {
    const times: number[] = [];
    addEventListener(
      "keydown",
      ({ timeStamp }) => {
        // The task after the frame runs when it has been painted.
        requestAnimationFrame(() => setTimeout(() => times.push(performance.now() - timeStamp)));
      },
      true,
    );
    Object.assign(window, { keyTimes: times });
  });
  for (let key = 0; key < KEYS; key++) await tab.keyboard.press("x");
  await settle(tab);
  return median(await tab.evaluate(() => (window as unknown as { keyTimes: number[] }).keyTimes));
}

/** Returns the milliseconds from the start of the navigation until the message field takes keys. */
async function measureTyping(browser: Browser, url: string): Promise<number> {
  const tab = await browser.newPage();
  await tab.addInitScript(() => {
    const watch = () => {
      if (document.activeElement instanceof HTMLTextAreaElement)
        Object.assign(window, { typingAt: performance.now() });
      else requestAnimationFrame(watch);
    };
    watch();
  });
  // The second visit has the files, as most visits do.
  await tab.goto(url);
  await tab.waitForFunction(() => "typingAt" in window);
  await tab.goto("about:blank");
  await tab.goto(url);
  await tab.waitForFunction(() => "typingAt" in window);
  const at = await tab.evaluate(() => (window as unknown as { typingAt: number }).typingAt);
  await tab.close();
  return at;
}

async function readMetric(client: CDPSession, name: string): Promise<number> {
  const { metrics } = await client.send("Performance.getMetrics");
  return metrics.find((metric) => metric.name === name)?.value ?? Number.NaN;
}

/** Waits until the page has had a quiet moment. */
function settle(tab: Page): Promise<void> {
  return tab.evaluate(
    () => new Promise<void>((resolve) => requestIdleCallback(() => resolve(), { timeout: 2_000 })),
  );
}

/** A model whose reply streams until it is stopped: 50 deltas a second. */
function createStreamingModel(): Model {
  const { stream: _, ...model } = createScriptedModel([]);
  return {
    ...model,
    async *stream(_request, signal) {
      for (let word = 0; !signal.aborted; word++) {
        yield { type: "text", text: word % 12 === 11 ? "end.\n\n" : `word${word} ` };
        await Bun.sleep(20);
      }
      signal.throwIfAborted();
    },
  };
}

/** Serves a page that has only a message field. */
function startBarePage() {
  return Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: () =>
      new Response("<!doctype html><textarea autofocus></textarea>", {
        headers: { "content-type": "text/html" },
      }),
  });
}

function formatTime(milliseconds: number): string {
  return `${milliseconds.toFixed(0)} ms`;
}
