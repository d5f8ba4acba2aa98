/** Suggests topics for an unknown name. */
import { distance } from "fastest-levenshtein";
import { searchManual } from "./search.ts";
import type { Topic } from "./types.ts";

const MAX_NEAREST = 3;

/** Returns topics with a similar name, then topics that contain the words, then the nearest names. At most three. */
export function findNearestTopics(topics: readonly Topic[], name: string): readonly Topic[] {
  const word = name.toLowerCase();
  const bySpelling = topics
    .map((topic) => ({ topic, distance: distance(word, topic.name) }))
    .toSorted((a, b) => a.distance - b.distance);
  const isAlike = ({ topic: { name }, distance }: (typeof bySpelling)[number]) =>
    distance <= Math.max(2, Math.floor(word.length / 3)) || (word.length > 2 && name.includes(word));
  const nearest = [
    ...bySpelling.filter(isAlike).map(({ topic }) => topic),
    ...searchManual(topics, word.replaceAll("-", " ")).map(({ topic }) => topic),
    ...bySpelling.map(({ topic }) => topic),
  ];
  return [...new Set(nearest)].slice(0, MAX_NEAREST);
}
