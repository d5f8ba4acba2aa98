/** Creates the page with the look of the settings. */
import { dirname, extname, resolve } from "node:path";
import type { ApiRegistry } from "../apis/api-registry.ts";
import { ConfigError } from "../config/load.ts";
import { pagePaths, uiPath } from "../config/paths.ts";
import type { Config } from "../config/settings.ts";
import type { Ports } from "../context.ts";
import { createBrand, LOGO_TYPES, type Logo } from "../page/brand/brand.ts";
import type { Theme } from "../page/brand/theme.ts";
import { buildPage } from "../page/bundle.ts";
import { buildDiagrams } from "../page/diagram-bundle.ts";
import { createManifest, MANIFEST } from "../page/manifest.ts";
import { createPage } from "../page/page.ts";
import type { Page } from "../page/types.ts";

/** Bytes of a logo. */
const MAX_LOGO = 500_000;

/** @throws ConfigError when the theme or the logo cannot be used. */
export async function createConfiguredPage(
  config: Config,
  apis: ApiRegistry,
  ports: Pick<Ports, "io">,
): Promise<{ readonly page: Page; readonly warnings: readonly string[] }> {
  const theme = await readTheme(config, ports);
  const logo = theme.logo === undefined ? undefined : await readLogo(theme.logo, ports);
  const paths = pagePaths(config);
  const brand = createBrand(theme, logo, paths.base);
  const title = theme.title ?? (apis.current.titles.join(", ") || "Assistant");
  const page = `../${uiPath(config).split("/").at(-1)}`;
  const manifest = createManifest({ title, page, logo: brand.logo, themeColor: brand.themeColors.light });
  const build = async () => [...(await buildPage()), ...brand.files, manifest];
  const values = {
    ...paths,
    title,
    language: config.language,
    manifest: MANIFEST,
    brandStyle: brand.style,
    brandLogo: brand.logo,
    brand: brand.texts,
    themeLight: brand.themeColors.light,
    themeDark: brand.themeColors.dark,
  };
  return { page: createPage({ page: build, diagrams: buildDiagrams }, values), warnings: brand.warnings };
}

/** Reads the theme file. Settings win over it. */
async function readTheme(config: Config, { io }: Pick<Ports, "io">): Promise<Theme> {
  const { theme: path } = config;
  let file: Theme = {};
  try {
    if (path !== undefined) {
      const { parseTheme } = await import("../page/brand/theme.ts");
      file = parseTheme(await io.readFile(path).text());
    }
  } catch (error) {
    throw new ConfigError([`theme: ${path} cannot be used: ${messageOf(error)}`]);
  }
  const logo = path === undefined || file.logo === undefined ? undefined : resolve(dirname(path), file.logo);
  const accent = config.pageAccent === undefined ? {} : { accent: config.pageAccent };
  return {
    title: config.pageTitle ?? file.title,
    logo: config.pageLogo ?? logo,
    welcome: config.pageWelcome ?? file.welcome,
    introduction: config.pageIntroduction ?? file.introduction,
    suggestions: config.pageSuggestions.length > 0 ? [...config.pageSuggestions] : file.suggestions,
    disclaimer: config.pageDisclaimer ?? file.disclaimer,
    light: { ...file.light, ...accent },
    dark: { ...file.dark, ...accent },
  };
}

async function readLogo(path: string, { io }: Pick<Ports, "io">): Promise<Logo> {
  const contentType = LOGO_TYPES[extname(path).slice(1).toLowerCase()];
  if (contentType === undefined)
    throw new ConfigError([`pageLogo: ${path} must be one of ${Object.keys(LOGO_TYPES).join(", ")}.`]);
  try {
    const bytes = new Uint8Array(await io.readFile(path).arrayBuffer());
    if (bytes.length > MAX_LOGO) throw new Error(`it has more than ${MAX_LOGO} bytes`);
    return { contentType, bytes };
  } catch (error) {
    throw new ConfigError([`pageLogo: ${path} cannot be used: ${messageOf(error)}`]);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
