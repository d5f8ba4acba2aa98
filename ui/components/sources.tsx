import { t } from "../language/language.ts";
import { sanitizeLink } from "../markdown/sanitize-link.ts";
import { readSources } from "../sources.ts";

/** The documents that a search of a knowledge base found. Web addresses are links, others are shown as they are. */
export function Sources({ result }: { result: unknown }) {
  const sources = readSources(result);
  if (sources.length === 0) return null;
  return (
    <section className="sources" aria-label={t("reply.sources")}>
      <h4>{t("reply.sources")}</h4>
      <ul>
        {sources.map((source) => {
          const link = sanitizeLink(source);
          return (
            <li key={source}>
              {link === undefined ? (
                source
              ) : (
                <a href={link} target="_blank" rel="noopener noreferrer">
                  {source}
                </a>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
