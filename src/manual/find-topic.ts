/** Topics that are near to a name that is none. */
import { distance } from "fastest-levenshtein";
import { searchManual } from "./search.ts";
import type { Topic } from "./types.ts";

const MAX_NEAREST = 3;

/** The names that are spelled alike, then the topics that contain the words, then whatever is nearest. */
export function nearestTopics(topics: readonly Topic[], wrong: string): readonly Topic[] {
  const word = wrong.toLowerCase();
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
