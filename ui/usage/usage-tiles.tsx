import type { UsageFigures } from "../../src/telemetry/usage/types.ts";
import { countTokens, formatCost, formatNumber, formatShare } from "./figures.ts";

/** The totals of the period. */
export function UsageTiles({ total }: { total: UsageFigures }) {
  const { turns, unansweredTurns, modelCalls, toolCalls, failedToolCalls, ratedUp, ratedDown } = total;
  const cached = formatShare(total.cacheReadTokens, countTokens(total) - total.outputTokens);
  return (
    <dl className="usage-tiles">
      <Tile name="Turns" value={formatNumber(turns)} detail={`${formatNumber(modelCalls)} model calls`} />
      <Tile
        name="Without an answer"
        value={formatNumber(unansweredTurns)}
        detail={turns > 0 ? `${formatShare(unansweredTurns, turns)} of the turns` : ""}
      />
      <Tile
        name="Cost"
        value={formatCost(total)}
        detail={total.costUsd === null ? "a model has no known price" : ""}
      />
      <Tile
        name="Tokens"
        value={formatNumber(countTokens(total))}
        detail={cached === "" ? "" : `${cached} of the input cached`}
      />
      <Tile
        name="Tool calls"
        value={formatNumber(toolCalls)}
        detail={toolCalls > 0 ? `${formatShare(failedToolCalls, toolCalls)} failed` : ""}
      />
      <Tile
        name="Ratings"
        value={formatNumber(ratedUp + ratedDown)}
        detail={ratedUp + ratedDown > 0 ? `${formatShare(ratedUp, ratedUp + ratedDown)} good` : ""}
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
