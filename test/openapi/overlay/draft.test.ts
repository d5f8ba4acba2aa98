import { expect, test } from "bun:test";
import fc from "fast-check";
import { DocumentDraft, DraftError } from "../../../src/openapi/overlay/draft.ts";
import { type Location, selectLocations } from "../../../src/openapi/overlay/target.ts";

const json = fc.jsonValue({ maxDepth: 4 });
const objects = fc.dictionary(fc.string(), json, { maxKeys: 5 });

/** Every place of a value, the root first. */
function places(value: unknown, at: Location = []): Location[] {
  if (typeof value !== "object" || value === null) return [at];
  const keys = Array.isArray(value) ? value.map((_, index) => index) : Object.keys(value);
  return [at, ...keys.flatMap((key) => places(Reflect.get(value, key), [...at, key]))];
}

test("whatever is done to a draft, what it was made from stays as it was", () => {
  fc.assert(
    fc.property(objects, objects, fc.nat(), (root, update, pick) => {
      const before = structuredClone(root);
      const all = places(root);
      const draft = new DocumentDraft(root);
      for (const location of [[], all[pick % all.length] ?? []]) {
        try {
          draft.update(location, update);
        } catch (error) {
          if (!(error instanceof DraftError)) throw error;
        }
      }
      const [, ...inner] = places(draft.root).filter((_, index) => index % 3 === 0);
      const shallow = inner.filter((one) => !inner.some((other) => other !== one && isWithin(one, other)));
      draft.remove(shallow);
      expect(root).toEqual(before);
    }),
  );
});

test("after an update every field of it is there, and what it did not name is as before", () => {
  fc.assert(
    fc.property(objects, objects, (root, update) => {
      const draft = new DocumentDraft(root);
      const flat = Object.fromEntries(Object.entries(update).map(([key]) => [`new ${key}`, update[key]]));
      draft.update([], flat);
      expect(draft.root).toEqual({ ...flat, ...root, ...flat });
    }),
  );
});

test("places removed together are gone, the others stay in their order", () => {
  fc.assert(
    fc.property(fc.array(fc.integer(), { maxLength: 8 }), fc.array(fc.nat(7)), (list, picks) => {
      const chosen = [...new Set(picks)].filter((index) => index < list.length);
      const draft = new DocumentDraft({ list });
      draft.remove(chosen.map((index) => ["list", index]));
      expect(draft.root).toEqual({ list: list.filter((_, index) => !chosen.includes(index)) });
    }),
  );
});

test("select() finds each place once, whatever is selected twice", () => {
  fc.assert(
    fc.property(objects, (root) => {
      const found = selectLocations("$..*", root).map((location) => JSON.stringify(location));
      const expected = places(root)
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
