#!/bin/sh
# virtua 0.54.2 with React 19: a list takes no clicks while it scrolls.
#
# `Virtualizer` sets `pointer-events: none` on its container at each scroll, and removes it 150 ms after the last one. One
# would expect that of a list for touch screens at most. It holds for scrolling by a script too: a chat that follows a
# growing answer cannot be clicked at all until the answer ends. `pointer-events: auto` on the items helps.
#
# Exits non-zero when the behavior differs from this description.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund virtua@0.54.2 react@19.3.1 react-dom@19.3.1 jsdom@26.1.0 >/dev/null
cat >run.mjs <<'JS'
import { JSDOM } from "jsdom";

const { window } = new JSDOM("<main></main>", { pretendToBeVisual: true });
Object.assign(globalThis, { window, document: window.document });
Object.defineProperty(globalThis, "navigator", { value: window.navigator, configurable: true });
// jsdom has no layout. The list is told the sizes that a browser would measure.
window.ResizeObserver = globalThis.ResizeObserver = class {
  constructor(report) {
    this.report = report;
  }
  observe(target) {
    const contentRect = { width: 300, height: target.tagName === "MAIN" ? 100 : 20 };
    Promise.resolve().then(() => this.report([{ target, contentRect }]));
  }
  unobserve() {}
  disconnect() {}
};
Object.defineProperty(window.HTMLElement.prototype, "offsetParent", { get: () => window.document.body });
const { createElement } = await import("react");
const { createRoot } = await import("react-dom/client");
const { Virtualizer } = await import("virtua");

const scroller = window.document.querySelector("main");
const items = Array.from({ length: 100 }, (_, index) => createElement("p", { key: index }, index));
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const list = () => scroller.firstElementChild.style.pointerEvents || "auto";
createRoot(scroller).render(createElement(Virtualizer, null, items));
await wait(300);
console.log("at rest:", list());
for (let step = 1; step <= 5; step++) {
  scroller.scrollTop = step * 20;
  scroller.dispatchEvent(new window.Event("scroll"));
  await wait(50);
}
console.log("after a script has scrolled for 250 ms:", list());
await wait(500);
console.log("500 ms later:", list());
process.exit(0);
JS
seen=$(node run.mjs)
echo "$seen"
[ "$seen" = 'at rest: auto
after a script has scrolled for 250 ms: none
500 ms later: auto' ]
