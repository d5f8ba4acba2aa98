import type { Page } from "playwright-core";

/**
 * Returns the texts of the page whose contrast is lower than 4.5:1, the minimum of WCAG 2.2, 1.4.3. Texts of disabled
 * controls are exempt.
 */
export function findLowContrastText(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
    /** Paints CSS colours over one another. Returns the resulting RGBA values. */
    const paint = (colours: readonly string[]): readonly number[] => {
      if (canvas === null) throw new Error("no canvas");
      canvas.clearRect(0, 0, 1, 1);
      for (const colour of colours) {
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
      }
      return [...canvas.getImageData(0, 0, 1, 1).data];
    };
    const luminance = ([red = 0, green = 0, blue = 0]: readonly number[]) => {
      const linear = (value: number) => {
        const part = value / 255;
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
      };
      return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
    };
    const collectBackgrounds = (element: Element): string[] => {
      const own = getComputedStyle(element).backgroundColor;
      return element.parentElement === null ? [own] : [...collectBackgrounds(element.parentElement), own];
    };
    const lowContrast: string[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const element = node.parentElement;
      if (element === null || !node.textContent?.trim() || !element.checkVisibility()) continue;
      if (element.closest(":disabled, .visually-hidden, noscript") !== null) continue;
      const backgrounds = collectBackgrounds(element);
      const backgroundLuminance = luminance(paint(backgrounds));
      const text = luminance(paint([...backgrounds, getComputedStyle(element).color]));
      const ratio =
        (Math.max(backgroundLuminance, text) + 0.05) / (Math.min(backgroundLuminance, text) + 0.05);
      if (ratio < 4.5) lowContrast.push(`${node.textContent.trim().slice(0, 40)}: ${ratio.toFixed(2)}`);
    }
    return lowContrast;
  });
}
