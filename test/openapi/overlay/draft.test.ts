import { expect, test } from "bun:test";
import fc from "fast-check";
import { DocumentDraft, DraftError } from "../../../src/openapi/overlay/draft.ts";
import { type Location, selectLocations } from "../../../src/openapi/overlay/target.ts";

const json = fc.jsonValue({ maxDepth: 4 });
const objects = fc.dictionary(fc.string(), json, { maxKeys: 5 });

/** Returns the locations of all values, the root first. */
function listLocations(value: unknown, at: Location = []): Location[] {
  if (typeof value !== "object" || value === null) return [at];
  const keys = Array.isArray(value) ? value.map((_, index) => index) : Object.keys(value);
  return [at, ...keys.flatMap((key) => listLocations(Reflect.get(value, key), [...at, key]))];
}

test("changing a draft does not change its original", () => {
  fc.assert(
    fc.property(objects, objects, fc.nat(), (root, update, pick) => {
      const before = structuredClone(root);
      const all = listLocations(root);
      const draft = new DocumentDraft(root);
      for (const location of [[], all[pick % all.length] ?? []]) {
        try {
          draft.update(location, update);
        } catch (error) {
          if (!(error instanceof DraftError)) throw error;
        }
      }
      const [, ...inner] = listLocations(draft.root).filter((_, index) => index % 3 === 0);
      const shallow = inner.filter((one) => !inner.some((other) => other !== one && isWithin(one, other)));
      draft.remove(shallow);
      expect(root).toEqual(before);
    }),
  );
});

test("`update()` sets its fields and keeps all others", () => {
  fc.assert(
    fc.property(objects, objects, (root, update) => {
      const draft = new DocumentDraft(root);
      const flat = Object.fromEntries(Object.entries(update).map(([key]) => [`new ${key}`, update[key]]));
      draft.update([], flat);
      expect(draft.root).toEqual({ ...flat, ...root, ...flat });
    }),
  );
});

test("`remove()` keeps the other entries in order", () => {
  fc.assert(
    fc.property(fc.array(fc.integer(), { maxLength: 8 }), fc.array(fc.nat(7)), (list, picks) => {
      const chosen = [...new Set(picks)].filter((index) => index < list.length);
      const draft = new DocumentDraft({ list });
      draft.remove(chosen.map((index) => ["list", index]));
      expect(draft.root).toEqual({ list: list.filter((_, index) => !chosen.includes(index)) });
    }),
  );
});

test("`selectLocations()` returns each location once, even when a path selects it twice", () => {
  fc.assert(
    fc.property(objects, (root) => {
      const found = selectLocations("$..*", root).map((location) => JSON.stringify(location));
      const expected = listLocations(root)
        .slice(1)
        .map((location) => JSON.stringify(location));
      expect(found.toSorted()).toEqual(expected.toSorted());
      expect(selectLocations("$[*,*]", root)).toHaveLength(Object.keys(root).length);
    }),
  );
});

function isWithin(location: Location, outer: Location): boolean {
  return outer.every((key, index) => location[index] === key);
}
