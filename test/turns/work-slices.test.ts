import { drainMicrotasks } from "bun:jsc";
import { expect, test } from "bun:test";
import { WorkSlices } from "../../src/turns/work-slices.ts";

/** Lets a client begin work that takes three milliseconds, as the frame of a socket does: all of it runs before the next frame. */
function createWork() {
  let time = 0;
  const slices = new WorkSlices(() => time);
  const begun: string[] = [];
  const begin = (name: string) => {
    void slices.begin(name.slice(0, 1)).then(() => {
      begun.push(name);
      time += 3;
    });
    drainMicrotasks();
  };
  return { begin, begun };
}

const nextSlice = () => new Promise((resolve) => setImmediate(resolve));

test("Work begins at once while a slice has time; of what waits, clients begin in turn.", async () => {
  const { begin, begun } = createWork();
  for (const name of ["a1", "a2", "a3", "a4", "a5", "b1", "c1", "b2"]) begin(name);
  expect(begun).toEqual(["a1", "a2"]);
  await nextSlice();
  expect(begun.slice(2)).toEqual(["a3", "b1"]);
  begin("d1");
  await nextSlice();
  expect(begun.slice(4)).toEqual(["c1", "a4"]);
  await nextSlice();
  expect(begun.slice(6)).toEqual(["b2", "d1"]);
  await nextSlice();
  expect(begun.slice(8)).toEqual(["a5"]);
});

test("Work that begins later does not wait for what began before.", async () => {
  const { begin, begun } = createWork();
  begin("a1");
  begin("a2");
  await nextSlice();
  begin("a3");
  expect(begun).toEqual(["a1", "a2", "a3"]);
});
