import { useChatState } from "../chat-context.tsx";
import { formatDollars } from "../format.ts";
import { currentLocale, formatNumber, t } from "../language/language.ts";
import { findContext, hasFigures } from "../state/total.ts";

/** Shares of the context from which on its meter warns. */
const NEARLY_FULL = 0.8;

/** The tokens and the cost of all turns, and how full the context of the model is. */
export function Figures() {
  const total = useChatState((state) => state.total);
  const context = useChatState(findContext);
  const share = context && context.limit > 0 ? Math.min(1, context.used / context.limit) : undefined;
  return (
    <>
      {hasFigures(total) && (
        <dl className="overview-figures">
          <div>
            <dt>{t("overview.tokensIn")}</dt>
            <dd>{formatNumber(total.inputTokens)}</dd>
          </div>
          <div>
            <dt>{t("overview.tokensOut")}</dt>
            <dd>{formatNumber(total.outputTokens)}</dd>
          </div>
          {total.costUsd !== undefined && (
            <div>
              <dt>{t("overview.cost")}</dt>
              <dd>{formatDollars(total.costUsd)}</dd>
            </div>
          )}
        </dl>
      )}
      {context && share !== undefined && (
        <div className="overview-context">
          <p>
            <span>{t("overview.context")}</span>
            <span>
              {t("overview.contextOf", {
                percent: formatPercent(share),
                used: context.used,
                limit: context.limit,
              })}
            </span>
          </p>
          <meter
            aria-label={t("overview.context")}
            min={0}
            max={1}
            high={NEARLY_FULL}
            optimum={0}
            value={share}
          />
        </div>
      )}
    </>
  );
}

/** Returns the next whole percentage, such as `16%`. */
function formatPercent(share: number): string {
  return new Intl.NumberFormat(currentLocale(), { style: "percent" }).format(Math.ceil(share * 100) / 100);
}
