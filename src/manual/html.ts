/** Renders the manual as complete HTML pages without scripts. All links are relative. */
/// <reference path="./text-files.d.ts" />
import growth from "./growth.svg" with { type: "text" };
import { renderHtml } from "./markdown.ts";
import { type ManualMatch, wordsOf } from "./search.ts";
import stylesheet from "./style.css" with { type: "text" };
import type { ManualLinks, Topic } from "./types.ts";

const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24'%3E%3Cpath fill='%233d5bd9' d='M6 2h12a4 4 0 0 1 4 4v8a4 4 0 0 1-4 4h-6.5L7 22v-4H6a4 4 0 0 1-4-4V6a4 4 0 0 1 4-4z'/%3E%3C/svg%3E";

/** The drawings of the pages, which contain them: the policy allows no other image. */
const DRAWINGS: Readonly<Record<string, string>> = { "growth.svg": growth };

const style: string = stylesheet;
const STYLE_HASH = new Bun.CryptoHasher("sha256").update(style).digest("base64");

/** The Content-Security-Policy of the pages. It allows their style sheet and the search form only. */
export const MANUAL_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${STYLE_HASH}'`,
  "img-src data:",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

/** Renders the page of a topic, with links to the previous and the next topic. */
export function renderTopic(topic: Topic, topics: readonly Topic[], links: ManualLinks): string {
  const index = topics.indexOf(topic);
  const neighbourLink = (other: Topic | undefined, rel: string) =>
    other === undefined
      ? ""
      : `<a rel="${rel}" href="${links.topic}${other.name}">${Bun.escapeHTML(other.title)}</a>`;
  const html = renderHtml(topic.text).replace(
    /href="([\w-]+)\.md(#[^"]*)?"/g,
    (_, name: string, hash: string = "") => `href="${links.topic}${name}${hash}"`,
  );
  const main = `<article>${embedDrawings(html)}</article>
<nav class="neighbours" aria-label="Neighbouring topics">${neighbourLink(topics[index - 1], "prev")}${neighbourLink(topics[index + 1], "next")}</nav>`;
  return renderPage({ title: topic.title, main, topics, links, topic });
}

function embedDrawings(html: string): string {
  return html.replace(/(?<= src=")[\w-]+\.svg(?=")/g, (name) => {
    const drawing = DRAWINGS[name];
    return drawing === undefined
      ? name
      : `data:image/svg+xml;base64,${Buffer.from(drawing).toString("base64")}`;
  });
}

/** Renders the list of topics. */
export function renderTopics(topics: readonly Topic[], links: ManualLinks): string {
  const groups = [...Map.groupBy(topics, ({ group }) => group)].map(
    ([group, members]) => `<h2>${Bun.escapeHTML(group)}</h2>
<dl class="topics">
${members.map(({ name, title, summary }) => `<dt><a href="${links.topic}${name}">${Bun.escapeHTML(title)}</a></dt><dd>${renderInline(summary)}</dd>`).join("\n")}
</dl>`,
  );
  const main = `<article><h1>Manual</h1>
${groups.join("\n")}</article>`;
  return renderPage({ title: "Manual", main, topics, links });
}

/** Renders the matches of a search. */
export function renderMatches(
  query: string,
  matches: readonly ManualMatch[],
  topics: readonly Topic[],
  links: ManualLinks,
): string {
  const count = matches.length === 1 ? "1 section" : `${matches.length} sections`;
  const partialNote = matches[0]?.isComplete === false ? " with some of the words" : "";
  const items = matches.map(({ topic, heading, id, excerpt }) => {
    const label = heading === topic.title ? topic.title : `${topic.title}: ${heading}`;
    return `<li><a href="${links.topic}${topic.name}#${id}">${Bun.escapeHTML(label)}</a><p>${highlight(excerpt, query)}</p></li>`;
  });
  const list =
    matches.length === 0
      ? `<p>Try other words, or the <a href="${links.index}">list of topics</a>.</p>`
      : `<ol class="matches">${items.join("\n")}</ol>`;
  const main = `<article><h1>Search</h1>
<p role="status">${count}${partialNote} for <strong>${Bun.escapeHTML(query)}</strong></p>
${list}</article>`;
  return renderPage({ title: `Search: ${query}`, main, topics, links, query });
}

interface PageParts {
  readonly title: string;
  /** HTML. */
  readonly main: string;
  readonly topics: readonly Topic[];
  readonly links: ManualLinks;
  readonly topic?: Topic;
  readonly query?: string;
}

function renderPage({ title, main, topics, links, topic, query = "" }: PageParts): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${Bun.escapeHTML(title)} · specchat manual</title>
<link rel="icon" href="${ICON}">
<style>${style}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the text</a>
<header>
<a class="home" href="${links.index}">specchat manual</a>
<form role="search" action="${links.index}">
<input type="search" name="q" value="${Bun.escapeHTML(query)}" placeholder="Search" aria-label="Search the manual">
<button>Search</button>
</form>
<a href="${links.chat}">Chat</a>
</header>
<div class="columns">
<nav class="sidebar" aria-label="Topics">${renderTopicList(topics, links, topic)}</nav>
<main id="main" tabindex="-1">
<details class="menu"><summary>All topics</summary><nav aria-label="All topics">${renderTopicList(topics, links, topic)}</nav></details>
${main}
</main>
</div>
</body>
</html>
`;
}

function renderTopicList(
  topics: readonly Topic[],
  links: ManualLinks,
  currentTopic: Topic | undefined,
): string {
  return [...Map.groupBy(topics, ({ group }) => group)]
    .map(([group, members]) => {
      const items = members.map((topic) => {
        const current = topic === currentTopic ? ' aria-current="page"' : "";
        return `<li><a href="${links.topic}${topic.name}"${current}>${Bun.escapeHTML(topic.title)}</a></li>`;
      });
      return `<p>${Bun.escapeHTML(group)}</p><ul>${items.join("")}</ul>`;
    })
    .join("\n");
}

function renderInline(markdown: string): string {
  return Bun.markdown.html(markdown).replace(/^<p>|<\/p>\n?$/g, "");
}

/** Returns the text as HTML, with the words of the query marked. */
function highlight(text: string, query: string): string {
  const words = wordsOf(query).map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return text
    .split(new RegExp(`(${words.join("|")})`, "i"))
    .map((part, index) => (index % 2 === 1 ? `<mark>${Bun.escapeHTML(part)}</mark>` : Bun.escapeHTML(part)))
    .join("");
}
