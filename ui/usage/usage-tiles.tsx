import type { UsageFigures } from "../../src/telemetry/usage/types.ts";
import { t } from "../language/language.ts";
import { countTokens, formatCost, formatShare, formatShort } from "./figures.ts";

/** The totals of the period. */
export function UsageTiles({ total }: { total: UsageFigures }) {
  const { turns, unansweredTurns, modelCalls, toolCalls, failedToolCalls, ratedUp, ratedDown } = total;
  const share = {
    unanswered: formatShare(unansweredTurns, turns),
    cached: formatShare(total.cacheReadTokens, countTokens(total) - total.outputTokens),
    failed: formatShare(failedToolCalls, toolCalls),
    good: formatShare(ratedUp, ratedUp + ratedDown),
  };
  return (
    <dl className="usage-tiles">
      <Tile
        name={t("usage.turns")}
        value={formatShort(turns)}
        detail={t("usage.modelCalls", { count: modelCalls })}
      />
      <Tile
        name={t("usage.unanswered")}
        value={formatShort(unansweredTurns)}
        detail={share.unanswered && t("usage.unansweredShare", { share: share.unanswered })}
      />
      <Tile
        name={t("usage.cost")}
        value={formatCost(total)}
        detail={total.costUsd === null ? t("usage.unpriced") : ""}
      />
      <Tile
        name={t("usage.tokens")}
        value={formatShort(countTokens(total))}
        detail={share.cached && t("usage.cached", { share: share.cached })}
      />
      <Tile
        name={t("usage.toolCalls")}
        value={formatShort(toolCalls)}
        detail={share.failed && t("usage.failedShare", { share: share.failed })}
      />
      <Tile
        name={t("usage.ratings")}
        value={formatShort(ratedUp + ratedDown)}
        detail={share.good && t("usage.goodShare", { share: share.good })}
      />
    </dl>
  );
}

interface TileProps {
  readonly name: string;
  readonly value: string;
  readonly detail: string;
}

function Tile({ name, value, detail }: TileProps) {
  return (
    <div className="usage-tile">
      <dt>{name}</dt>
      <dd>
        <strong>{value}</strong>
        {detail !== "" && <span className="usage-detail">{detail}</span>}
      </dd>
    </div>
  );
}
