import type { BuiltFile } from "./bundle.ts";
import { type PageAddress, renderIndex } from "./render.ts";
import type { Asset, Page, Representation } from "./types.ts";

/** Builds on first use, once; a build that failed is tried again. */
export function createPage(build: () => Promise<readonly BuiltFile[]>, address: PageAddress): Page {
  let built: Promise<ReadonlyMap<string, Asset>> | undefined;

  async function assets(): Promise<ReadonlyMap<string, Asset>> {
    const files = await build();
    return new Map(files.map((file) => [file.path, asset(file, address)]));
  }

  return async (path) => {
    built ??= assets();
    try {
      return (await built).get(path);
    } catch (error) {
      built = undefined;
      throw error;
    }
  };
}

function asset({ path, contentType, body }: BuiltFile, address: PageAddress): Asset {
  const content = path === "" && typeof body === "string" ? renderIndex(body, address) : body;
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const hash = new Bun.CryptoHasher("sha256").update(bytes).digest("base64url").slice(0, 22);
  // Fonts are compressed already.
  const isText = typeof body === "string";
  let gzip: Representation | undefined;
  return {
    body: bytes,
    contentType,
    etag: `"${hash}"`,
    immutable: path !== "",
    gzip() {
      if (isText) gzip ??= { body: Bun.gzipSync(bytes), etag: `"${hash}-gzip"` };
      return gzip;
    },
  };
}
