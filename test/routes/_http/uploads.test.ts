import { expect, test } from "bun:test";
import type { AppError } from "../../../src/errors.ts";
import { type Upload, Uploads } from "../../../src/routes/_http/uploads.ts";

const SHORT = 10;

/** Uploads with room for 300 bytes, 100 of one caller. Bodies record why they were refused. */
function createUploads() {
  const uploads = new Uploads({ maxUploadsSize: 300, maxCallerUploadsSize: 100 }, SHORT);
  const refused: string[] = [];
  const begin = (caller: string, name: string): Upload =>
    uploads.begin(caller, ({ status }) => refused.push(`${name} ${status}`));
  const reserve = (upload: Upload, bytes: number) => {
    try {
      upload.reserve(bytes);
      return "room";
    } catch (error) {
      const { status, retryable, retryAfterMs } = error as AppError;
      return { status, retryable, retryAfterMs };
    }
  };
  return { begin, reserve, refused };
}

const REFUSAL = { retryable: true, retryAfterMs: 5000 };

test("the bodies of a caller share its room, and an end gives room back once", () => {
  const { begin, reserve } = createUploads();
  const [first, second, third] = [begin("a", "1"), begin("a", "2"), begin("a", "3")];
  expect([reserve(first, 50), reserve(second, 50), reserve(third, SHORT)]).toEqual(["room", "room", "room"]);
  expect(reserve(third, SHORT + 1)).toEqual({ status: 429, ...REFUSAL });
  third.end();
  first.end();
  first.end();
  expect(reserve(begin("a", "4"), 50)).toBe("room");
  expect(reserve(begin("a", "5"), 50)).toEqual({ status: 429, ...REFUSAL });
  expect(reserve(begin("b", "6"), 100)).toBe("room");
});

test("a body alone has room, however long it is", () => {
  const { begin, reserve } = createUploads();
  const body = begin("a", "1");
  expect(reserve(body, 1000)).toBe("room");
  expect(reserve(begin("a", "2"), SHORT)).toEqual({ status: 503, ...REFUSAL });
  body.end();
  expect(reserve(begin("a", "3"), SHORT)).toBe("room");
});

test("beyond the room of all, the largest body of the caller with the most is refused", () => {
  const { begin, reserve, refused } = createUploads();
  reserve(begin("a", "a1"), 60);
  reserve(begin("a", "a2"), 40);
  reserve(begin("b", "b1"), 99);
  reserve(begin("c", "c1"), 98);
  expect(reserve(begin("d", "d1"), 20)).toBe("room");
  expect(refused).toEqual(["a1 503"]);
  expect(reserve(begin("d", "d2"), 70)).toBe("room");
  expect(refused).toEqual(["a1 503", "b1 503"]);
});

test("the caller with the most is refused itself, and a body that has arrived stays", () => {
  const { begin, reserve, refused } = createUploads();
  const arrived = begin("a", "a1");
  reserve(arrived, 100);
  arrived.complete();
  reserve(begin("b", "b1"), 99);
  reserve(begin("c", "c1"), 98);
  const most = begin("d", "d1");
  expect(reserve(most, 100)).toEqual({ status: 503, ...REFUSAL });
  most.end();
  expect(refused).toEqual([]);
  expect(reserve(begin("e", "e1"), 10)).toBe("room");
  expect(refused).toEqual(["b1 503"]);
});
