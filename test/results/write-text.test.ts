import { expect, test } from "bun:test";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";

/** Writes a text in a process whose files may have so many blocks of 1 KB, and returns what the folder holds then. */
async function write(blocks: number | "unlimited", text: string): Promise<Record<string, string>> {
  const folder = await mkdtemp(`${tmpdir()}/specchat-write-`);
  const module = `${import.meta.dir}/../../src/results/write-text.ts`;
  const script = `
    process.on("SIGXFSZ", () => {});
    const { writeText } = await import(${JSON.stringify(module)});
    await writeText("text.txt", ${text}).catch(({ code }) => Bun.write("code", code));`;
  // The limit of the shell holds for the process that replaces it.
  const shell = `ulimit -f ${blocks}; ulimit -S -f ${blocks}; exec "$0" -e "$1"`;
  const child = Bun.spawn(["bash", "-c", shell, process.execPath, script], { cwd: folder });
  expect(await child.exited).toBe(0);
  const names = await readdir(folder);
  const contents = await Promise.all(
    names.map(async (name) => [name, await Bun.file(`${folder}/${name}`).text()] as const),
  );
  await rm(folder, { recursive: true });
  return Object.fromEntries(contents);
}

test("`writeText()` writes a long text with pairs of surrogates in parts.", async () => {
  const text = `x${"😀".repeat(150_000)}é`;
  expect(await write("unlimited", '"x" + "😀".repeat(150_000) + "é"')).toEqual({ "text.txt": text });
});

test("`writeText()` leaves nothing of a text that is too long for the disk.", async () => {
  expect(await write(300, '"x".repeat(500_000)')).toEqual({ code: "EFBIG" });
});
