/** Search in the manual by section, best first. */
import { renderHtml } from "./markdown.ts";
import type { Topic } from "./types.ts";

export interface ManualMatch {
  readonly topic: Topic;
  /** The heading of the section. */
  readonly heading: string;
  /** The id of the heading on the topic's page. */
  readonly id: string;
  /** The text around the first word that was found. */
  readonly excerpt: string;
  /** Every word of the query was found. */
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

/** The words of a query, in lower case. */
export function wordsOf(query: string): readonly string[] {
  return query.toLowerCase().split(/\s+/).filter(Boolean);
}

/** When no section has every word, returns the sections that have some, those with most words first. */
export function searchManual(topics: readonly Topic[], query: string): readonly ManualMatch[] {
  const words = wordsOf(query);
  const scored = topics
    .flatMap(sectionsOf)
    .map((section) => ({ section, ...scoreOf(section, words) }))
    .filter(({ isInSection }) => isInSection)
    .toSorted((a, b) => b.found - a.found || b.score - a.score);
  const most = scored[0]?.found ?? 0;
  return scored
    .filter(({ found }) => found === most)
    .slice(0, MAX_MATCHES)
    .map(({ section: { topic, heading, id, text } }) => ({
      topic,
      heading,
      id,
      excerpt: excerptOf(text, words),
      isComplete: most === words.length,
    }));
}

const sections = new WeakMap<Topic, readonly Section[]>();

/** The sections of a page, by its headings of any level. */
function sectionsOf(topic: Topic): readonly Section[] {
  const known = sections.get(topic);
  if (known !== undefined) return known;
  const parts = renderHtml(topic.text).split(/<h[1-6] id="([^"]*)">(.*?)<\/h[1-6]>/s);
  const found = Array.from({ length: (parts.length - 1) / 3 }, (_, index) => {
    const [id = "", heading = "", body = ""] = parts.slice(index * 3 + 1, index * 3 + 4);
    return { topic, id, heading: plainText(heading), text: plainText(body) };
  });
  sections.set(topic, found);
  return found;
}

/** A word counts more in the name of the topic and in a heading than in the text. `found`: how many words there are. */
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

function excerptOf(text: string, words: readonly string[]): string {
  const lower = text.toLowerCase();
  const at = Math.max(
    0,
    Math.min(...words.map((word) => lower.indexOf(word)).filter((index) => index >= 0), text.length),
  );
  const wanted = at === text.length ? 0 : Math.max(0, at - EXCERPT_LENGTH / 3);
  // Begins and ends between words.
  const start = wanted === 0 ? 0 : text.indexOf(" ", wanted) + 1;
  const end =
    start + EXCERPT_LENGTH >= text.length ? text.length : text.lastIndexOf(" ", start + EXCERPT_LENGTH);
  return `${start > 0 ? "… " : ""}${text.slice(start, end)}${end < text.length ? " …" : ""}`;
}

const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', "#39": "'" };

/** The text of HTML that {@link renderHtml} has made. */
function plainText(html: string): string {
  return html
    .replace(/<[^>]+>/g, (tag) => (/^<\/?(?:code|a|strong|em|wbr)\b/.test(tag) ? "" : " "))
    .replace(/&(#?\w+);/g, (entity, name: string) => ENTITIES[name] ?? entity)
    .replace(/\s+/g, " ")
    .trim();
}
