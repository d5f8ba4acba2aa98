/** Keys that an object has twice, found without reading every document with the exact parser. */
import { describe, expect, test } from "bun:test";
import { findDuplicateYamlKeys } from "../../../src/openapi/document/duplicate-keys.ts";

describe("`findDuplicateYamlKeys()`", () => {
  test.each([
    ["a mapping in lines", "get:\n  summary: one\n  tags: []\n  summary: two\n", ["summary"]],
    ["a mapping in braces", "parameters:\n  - { name: a, in: query, name: b }\n", ["name"]],
    ["a quoted key in braces", 'schema: { "type": string, type: integer }\n', ["type"]],
    ["an entry of a list", "- name: a\n  in: query\n  name: b\n", ["name"]],
  ])("finds the key of %s.", (_place, text, keys) => {
    expect(findDuplicateYamlKeys(text)).toEqual(keys);
  });

  test.each([
    ["two entries of a list", "- name: a\n  in: query\n- name: b\n  in: query\n"],
    ["two entries in braces", "- { name: a, in: query }\n- { name: b, in: query }\n"],
    ["nested braces", "a: { type: object, items: { type: string }, not: { type: integer } }\n"],
    ["two mappings", "get:\n  summary: one\nput:\n  summary: two\n"],
  ])("finds nothing in %s.", (_place, text) => {
    expect(findDuplicateYamlKeys(text)).toEqual([]);
  });
});
