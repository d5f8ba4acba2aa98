import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { createBrand } from "../../../src/page/brand/brand.ts";
import { contrastOf } from "../../../src/page/brand/colors.ts";
import { DEFAULT_COLORS, toProperties } from "../../../src/page/brand/palette.ts";
import { parseTheme } from "../../../src/page/brand/theme.ts";

const hexColor = fc
  .integer({ min: 0, max: 0xffffff })
  .map((value) => `#${value.toString(16).padStart(6, "0")}`);

describe("the colours of a theme", () => {
  test("any accent gives buttons and links that can be read, in both schemes", () => {
    fc.assert(
      fc.property(hexColor, fc.constantFrom("light" as const, "dark" as const), (accent, scheme) => {
        const { background, surface } = DEFAULT_COLORS[scheme];
        const properties = toProperties({ accent }, scheme);
        const contrast = (name: string, color: string) => contrastOf(properties[name] ?? "", color);
        expect(contrast("--on-accent", accent)).toBeGreaterThanOrEqual(4.5);
        for (const color of [background, surface]) {
          expect(contrast("--accent-text", color)).toBeGreaterThanOrEqual(4.5);
          expect(contrast("--accent", color)).toBeGreaterThanOrEqual(3);
        }
      }),
    );
  });

  test("the defaults are those of the style sheet", async () => {
    const css = await Bun.file(`${import.meta.dir}/../../../ui/styles/theme.css`).text();
    const [light = "", dark = ""] = css.split(':root[data-theme="dark"]');
    const read = (rules: string, name: string) => new RegExp(`--${name}: ([^;]+);`).exec(rules)?.[1] ?? "";
    const readAll = (rules: string) => ({
      background: read(rules, "background"),
      surface: read(rules, "surface"),
      text: read(rules, "text"),
      mutedText: read(rules, "text-muted"),
      line: read(rules, "line"),
      accent: read(rules, "accent-strong"),
      onAccent: read(rules, "on-accent"),
      success: read(rules, "success"),
      error: read(rules, "error"),
      warning: read(rules, "warning"),
    });
    expect({ light: readAll(light), dark: readAll(dark) }).toEqual(DEFAULT_COLORS);
  });

  test("pairs that cannot be read are named, and a theme without colours has no style", () => {
    const theme = parseTheme("light: { accent: '#ffe14d', onAccent: '#ffffff' }\ndark: { text: '#555555' }");
    expect(createBrand(theme, undefined, "./ui/").warnings).toEqual([
      "theme: onAccent #ffffff on accent #ffe14d (light) has a contrast of 1.3:1. Texts need 4.5:1.",
      "theme: text #555555 on background #131417 (dark) has a contrast of 2.5:1. Texts need 4.5:1.",
      "theme: text #555555 on surface #1b1d21 (dark) has a contrast of 2.3:1. Texts need 4.5:1.",
    ]);
    expect(createBrand({ title: "Shop" }, undefined, "./ui/")).toMatchObject({
      style: "",
      logo: "",
      texts: "{}",
      files: [],
      warnings: [],
    });
  });
});

test("`parseTheme()` names what is wrong, and lets nothing but colours into a style", () => {
  expect(() => parseTheme("colour: red")).toThrow('Unrecognized key: "colour"');
  expect(() => parseTheme("light: { accent: 'red;} body{display:none' }")).toThrow(
    "light.accent: a color such as #3d5bd9",
  );
  expect(() => parseTheme("suggestions: all")).toThrow("suggestions: Invalid input: expected array");
  expect(parseTheme("")).toEqual({});
});
