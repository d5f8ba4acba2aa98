/** The web app manifest, with which browsers install the page as an app: https://www.w3.org/TR/appmanifest/ */
import type { BuiltFile } from "./bundle.ts";

/** The name of its file. */
export const MANIFEST = "manifest.webmanifest";

interface ManifestOptions {
  readonly title: string;
  /** The address of the page, relative to the manifest. */
  readonly page: string;
  /** The path of the operator's logo, or empty. */
  readonly logo: string;
  readonly themeColor: string;
}

export function createManifest({ title, page, logo, themeColor }: ManifestOptions): BuiltFile {
  const manifest = {
    id: page,
    name: title,
    short_name: title.length > 20 ? `${title.slice(0, 19).trim()}…` : title,
    start_url: page,
    scope: page,
    display: "standalone",
    theme_color: themeColor,
    background_color: themeColor,
    icons: [...(logo === "" ? [] : [{ src: logo, sizes: "any" }]), ...(logo === "" ? OWN_ICONS : [])],
  };
  return { path: MANIFEST, contentType: "application/manifest+json", body: JSON.stringify(manifest) };
}

/** The icons of ui/icons. */
const OWN_ICONS = [
  { src: "icon-192.png", sizes: "192x192", type: "image/png" },
  { src: "icon-512.png", sizes: "512x512", type: "image/png" },
  { src: "icon-512.png", sizes: "512x512", type: "image/png", purpose: "maskable" },
] as const;
