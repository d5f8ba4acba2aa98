/** Tests what a page shows at a moment: the rules of WCAG 2.2 AA, and whether everything can be reached on a small screen. */
import axe from "axe-core";
import type { Page } from "playwright-core";

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** Returns the rules that elements of the page break, with the elements. */
export async function findViolations(page: Page, rules?: readonly string[]): Promise<readonly string[]> {
  await waitForTransitions(page);
  if (!(await page.evaluate("'axe' in window"))) await page.evaluate(axe.source);
  return await page.evaluate(
    async (runOnly) => {
      const { axe: engine } = window as unknown as { axe: typeof axe };
      const { violations } = await engine.run(document, { runOnly, resultTypes: ["violations"] });
      return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
    },
    rules ? { type: "rule" as const, values: [...rules] } : { type: "tag" as const, values: TAGS },
  );
}

/** A colour that fades in has no contrast of its own yet. */
async function waitForTransitions(page: Page): Promise<void> {
  await page.evaluate(async () => {
    for (let frame = 0; frame < 2; frame++) await new Promise((resolve) => requestAnimationFrame(resolve));
    const finite = document.getAnimations().filter((one) => one.effect?.getComputedTiming().iterations === 1);
    await Promise.allSettled(finite.map(({ finished }) => finished));
  });
}

async function switchTheme(page: Page, theme: "light" | "dark"): Promise<void> {
  await page.emulateMedia({ colorScheme: theme });
  // Not every state follows the system at once.
  await page.evaluate((theme) => document.documentElement.setAttribute("data-theme", theme), theme);
}

/** A window of 1280 × 1024 pixels at 200 and 400 % (WCAG 1.4.4 and 1.4.10). */
const ZOOMED = { "200 %": { width: 640, height: 512 }, "400 %": { width: 320, height: 256 } } as const;

/**
 * Returns what breaks a rule in light or dark colours, or cannot be reached in an enlarged page.
 * @param panel a selector of what is open over the page, whose controls alone must be reached. Default: all of it
 */
export async function findProblems(page: Page, panel?: string): Promise<readonly string[]> {
  const size = page.viewportSize() ?? { width: 1280, height: 800 };
  const found = [...(await findViolations(page))];
  await switchTheme(page, "dark");
  for (const violation of await findViolations(page, ["color-contrast"])) found.push(`dark: ${violation}`);
  await switchTheme(page, "light");
  for (const [zoom, viewport] of Object.entries(ZOOMED)) {
    await page.setViewportSize(viewport);
    for (const unreachable of await findUnreachable(page, panel)) found.push(`${zoom}: ${unreachable}`);
  }
  await page.setViewportSize(size);
  return found;
}

const CONTROLS =
  "a[href], button:enabled, input:enabled, select:enabled, textarea:enabled, summary, [tabindex='0']";

/** Returns the controls that scrolling does not bring into view, or that something covers, and whether the page scrolls sideways or has no place for the conversation. */
async function findUnreachable(page: Page, panel?: string): Promise<readonly string[]> {
  await waitForTransitions(page);
  return await page.evaluate(
    ({ panel, controls }) => {
      /** Returns the part of an element that its scrolling ancestors show. */
      const visiblePartOf = (element: Element) => {
        const part = { left: 0, top: 0, right: window.innerWidth, bottom: window.innerHeight };
        for (
          let box: Element | null = element;
          box !== null && !box.matches(":modal");
          box = box.parentElement
        ) {
          if (box !== element && getComputedStyle(box).overflow === "visible") continue;
          // A link may go on in the next line.
          const { left, top, right, bottom } = box.getClientRects()[0] ?? box.getBoundingClientRect();
          part.left = Math.max(part.left, left);
          part.top = Math.max(part.top, top);
          part.right = Math.min(part.right, right);
          part.bottom = Math.min(part.bottom, bottom);
        }
        return part;
      };
      // The list takes no clicks while it scrolls, and the day at its top never does.
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(
        '[style*="pointer-events: none"], .day-mark-sticky { pointer-events: auto !important }',
      );
      document.adoptedStyleSheets.push(sheet);
      const found: string[] = [];
      const over = document.documentElement.scrollWidth - window.innerWidth;
      if (over > 0) found.push(`the page is ${over} pixels too wide`);
      const height = document.querySelector(".conversation-area")?.clientHeight ?? window.innerHeight;
      if (height < 120) found.push(`the conversation has ${height} pixels`);
      const modal = [...document.querySelectorAll("dialog:modal")].at(-1);
      const root = modal ?? (panel === undefined ? document.body : document.querySelector(panel));
      if (!root) throw new Error(`nothing is ${panel}`);
      for (const control of root.querySelectorAll<HTMLElement>(controls)) {
        if (!control.checkVisibility({ visibilityProperty: true }) || control.closest(".skip-link")) continue;
        control.scrollIntoView({ block: "nearest", inline: "nearest" });
        const { left, top, right, bottom } = visiblePartOf(control);
        /** Whether a point of the visible part belongs to the control. A large one may be covered in the middle. */
        const isSeenAt = (x: number) => {
          const at = document.elementFromPoint(left + (right - left) * x, (top + bottom) / 2);
          return at !== null && (control.contains(at) || control.closest("label")?.contains(at) === true);
        };
        if (right - left < 1 || bottom - top < 1)
          found.push(`out of view: ${control.outerHTML.slice(0, 160)}`);
        else if (![0.5, 0.1, 0.9].some(isSeenAt)) found.push(`covered: ${control.outerHTML.slice(0, 160)}`);
      }
      document.adoptedStyleSheets.pop();
      return found;
    },
    { panel, controls: CONTROLS },
  );
}
