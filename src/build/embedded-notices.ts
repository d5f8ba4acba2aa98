/** Embeds the licenses in the executable, with a plugin that replaces src/commands/licenses/notices.ts. */
import { readNotices } from "../commands/licenses/notices.ts";

/** Returns the plugin. `folder` must exist until the build is done. */
export async function embedNotices(folder: string): Promise<Bun.BunPlugin> {
  const path = `${folder}/licenses.txt`;
  await Bun.write(path, await readNotices());
  const contents = `import file from ${JSON.stringify(path)} with { type: "file" };
export async function readNotices() {
  return await Bun.file(file).text();
}`;
  return {
    name: "embedded-notices",
    setup(build) {
      build.onLoad({ filter: /[\\/]src[\\/]commands[\\/]licenses[\\/]notices\.ts$/ }, () => ({
        contents,
        loader: "js",
      }));
    },
  };
}
