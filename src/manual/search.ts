/** Searches the sections of the manual. */
import { renderHtml } from "./markdown.ts";
import type { Topic } from "./types.ts";

export interface ManualMatch {
  readonly topic: Topic;
  /** The heading of the section. */
  readonly heading: string;
  /** The id of the heading on the topic's page. */
  readonly id: string;
  /** The text around the first match. */
  readonly excerpt: string;
  /** True when the section has every word of the query. */
  readonly isComplete: boolean;
}

interface Section {
  readonly topic: Topic;
  readonly heading: string;
  readonly id: string;
  readonly text: string;
}

const MAX_MATCHES = 40;
const EXCERPT_LENGTH = 200;

/** Returns the words of a query in lower case. */
export function wordsOf(query: string): readonly string[] {
  return query.toLowerCase().split(/\s+/).filter(Boolean);
}

/** Returns the sections with every word, best first. When there are none, returns those with the most words. */
export function searchManual(topics: readonly Topic[], query: string): readonly ManualMatch[] {
  const words = wordsOf(query);
  const scored = topics
    .flatMap(sectionsOf)
    .map((section) => ({ section, ...scoreOf(section, words) }))
    .filter(({ isInSection }) => isInSection)
    .toSorted((a, b) => b.found - a.found || b.score - a.score);
  const maxFound = scored[0]?.found ?? 0;
  return scored
    .filter(({ found }) => found === maxFound)
    .slice(0, MAX_MATCHES)
    .map(({ section: { topic, heading, id, text } }) => ({
      topic,
      heading,
      id,
      excerpt: excerptOf(text, words),
      isComplete: maxFound === words.length,
    }));
}

const sectionCache = new WeakMap<Topic, readonly Section[]>();

/** Splits a topic into sections at its headings of any level. */
function sectionsOf(topic: Topic): readonly Section[] {
  const cached = sectionCache.get(topic);
  if (cached !== undefined) return cached;
  const parts = renderHtml(topic.text).split(/<h[1-6] id="([^"]*)">(.*?)<\/h[1-6]>/s);
  const sections = Array.from({ length: (parts.length - 1) / 3 }, (_, index) => {
    const [id = "", heading = "", body = ""] = parts.slice(index * 3 + 1, index * 3 + 4);
    return { topic, id, heading: toPlainText(heading), text: toPlainText(body) };
  });
  sectionCache.set(topic, sections);
  return sections;
}

/** Scores a section. Matches in the topic's name and in the heading weigh more. `found` is the number of words found. */
function scoreOf({ topic, heading, text }: Section, words: readonly string[]) {
  const title = `${topic.name} ${topic.title}`.toLowerCase();
  const scores = words.map(
    (word) =>
      (title.includes(word) ? 3 : 0) +
      (heading.toLowerCase().includes(word) ? 5 : 0) +
      Math.min(3, text.toLowerCase().split(word).length - 1),
  );
  return {
    found: scores.filter((score) => score > 0).length,
    score: scores.reduce((sum, score) => sum + score, 0),
    isInSection: words.some((word) => `${heading} ${text}`.toLowerCase().includes(word)),
  };
}

/** Returns about {@link EXCERPT_LENGTH} characters around the first word that the text contains. */
function excerptOf(text: string, words: readonly string[]): string {
  const lower = text.toLowerCase();
  const at = Math.max(
    0,
    Math.min(...words.map((word) => lower.indexOf(word)).filter((index) => index >= 0), text.length),
  );
  const offset = at === text.length ? 0 : Math.max(0, at - EXCERPT_LENGTH / 3);
  // Excerpts begin and end between words.
  const start = offset === 0 ? 0 : text.indexOf(" ", offset) + 1;
  const end =
    start + EXCERPT_LENGTH >= text.length ? text.length : text.lastIndexOf(" ", start + EXCERPT_LENGTH);
  return `${start > 0 ? "… " : ""}${text.slice(start, end)}${end < text.length ? " …" : ""}`;
}

const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', "#39": "'" };

/** Returns the plain text of HTML from {@link renderHtml}. */
function toPlainText(html: string): string {
  return html
    .replace(/<[^>]+>/g, (tag) => (/^<\/?(?:code|a|strong|em|wbr)\b/.test(tag) ? "" : " "))
    .replace(/&(#?\w+);/g, (entity, name: string) => ENTITIES[name] ?? entity)
    .replace(/\s+/g, " ")
    .trim();
}
