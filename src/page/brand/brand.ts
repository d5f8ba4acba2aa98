/** What makes the page that of its operator: title, logo, colours, texts. */
import type { BuiltFile } from "../bundle.ts";
import { DEFAULT_COLORS, findLowContrast, type Scheme, toProperties } from "./palette.ts";
import type { Theme } from "./theme.ts";

/** A picture, as the page serves it. */
export interface Logo {
  readonly contentType: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** The look of the page. */
export interface Brand {
  /** The paths of the page's files. Empty when there are none. */
  readonly style: string;
  readonly logo: string;
  /** JSON for the page: texts, and the path of the logo. */
  readonly texts: string;
  readonly themeColors: Readonly<Record<Scheme, string>>;
  readonly files: readonly BuiltFile[];
  /** Pairs of colours whose texts cannot be read well. */
  readonly warnings: readonly string[];
}

/** The pictures that a logo can be, by the ending of the file. */
export const LOGO_TYPES: Readonly<Record<string, string>> = {
  svg: "image/svg+xml",
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  webp: "image/webp",
};

/** Creates the look of a theme. @param base the path of the page's files. */
export function createBrand(theme: Theme, logo: Logo | undefined, base: string): Brand {
  const { welcome, introduction, suggestions, disclaimer, light = {}, dark = {} } = theme;
  const logoFile = logo && createLogoFile(logo);
  const styleFile = createStyleFile({ light, dark });
  const logoPath = logoFile?.path ?? "";
  return {
    style: styleFile?.path ?? "",
    logo: logoPath,
    texts: JSON.stringify({
      welcome,
      introduction,
      suggestions,
      disclaimer,
      ...(logoPath !== "" && { logo: `${base}${logoPath}` }),
    }),
    themeColors: {
      light: light.background ?? DEFAULT_COLORS.light.background,
      dark: dark.background ?? DEFAULT_COLORS.dark.background,
    },
    files: [styleFile, logoFile].filter((file) => file !== undefined),
    warnings: [...findLowContrast(light, "light"), ...findLowContrast(dark, "dark")],
  };
}

/** The policy of the page forbids scripts in its files too, so a picture with a script is only a picture. */
function createLogoFile({ contentType, bytes }: Logo): BuiltFile {
  const ending = Object.keys(LOGO_TYPES).find((name) => LOGO_TYPES[name] === contentType);
  const isText = contentType === "image/svg+xml";
  const body = isText ? new TextDecoder().decode(bytes) : bytes;
  return { path: `logo-${hashOf(bytes)}.${ending}`, contentType, body };
}

function createStyleFile(
  schemes: Readonly<Record<Scheme, NonNullable<Theme["light"]>>>,
): BuiltFile | undefined {
  const rules = [
    [":root", toProperties(schemes.light, "light")],
    [':root[data-theme="dark"]', toProperties(schemes.dark, "dark")],
  ] as const;
  const body = rules
    .filter(([, properties]) => Object.keys(properties).length > 0)
    .map(([selector, properties]) => {
      const declarations = Object.entries(properties).map(([name, color]) => `${name}:${color}`);
      const rule = `${selector}{${declarations.join(";")}}`;
      // Paper is white, as in ui/styles/theme.css.
      return selector === ":root" ? rule : `@media not print{${rule}}`;
    })
    .join("\n");
  if (body === "") return undefined;
  return { path: `brand-${hashOf(body)}.css`, contentType: "text/css; charset=utf-8", body };
}

function hashOf(content: string | Uint8Array<ArrayBuffer>): string {
  return Bun.hash(content).toString(36);
}
