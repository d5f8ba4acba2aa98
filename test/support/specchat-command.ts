/** How tests start specchat as a process: the executable that `npm test` has built, which starts four times as fast, or its sources. */
const executable = process.env.SPECCHAT_EXECUTABLE;
const main = `${import.meta.dir}/../../src/main.ts`;

export const SPECCHAT: readonly string[] =
  executable === undefined ? [process.execPath, "--no-env-file", main] : [executable];

/** The same as words of a shell. */
export const SPECCHAT_IN_SHELL = SPECCHAT.map((word) => `'${word}'`).join(" ");
