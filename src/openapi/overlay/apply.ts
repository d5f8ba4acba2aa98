/** Overlays, read and laid over the document they are meant for. */

import { DocumentError } from "../../errors.ts";
import type { ByteBudget } from "../document/byte-budget.ts";
import { withoutCredentials } from "../document/credentials.ts";
import { type Amendment, locationOf } from "../document/library.ts";
import { readRoot } from "../document/load.ts";
import { parseText } from "../document/parse.ts";
import type { ReadIo } from "../document/read-io.ts";
import type { OverlayEffect, OverlayReport } from "../types.ts";
import { Draft, DraftError } from "./draft.ts";
import { type Overlay, type OverlayAction, readOverlay } from "./overlay.ts";
import { operationsAt } from "./reach.ts";
import { select, TargetError } from "./target.ts";

/** What lays them over the root document, and afterwards tells what they did. */
export interface Overlays extends Amendment {
  readonly report: OverlayReport;
}

/**
 * Reads overlays, JSON or YAML, from file paths or URLs.
 * @throws DocumentError
 */
export async function readOverlays(
  addresses: readonly string[],
  world: ReadIo,
  budget: ByteBudget,
): Promise<Overlays> {
  const texts = await Promise.all(
    addresses.map((address) => {
      const { source, io } = withoutCredentials(address, world);
      return readRoot(source, io, budget);
    }),
  );
  const overlays = texts.map(({ text, location }) => readOverlay(parseText(text, location), location));
  const effects: OverlayEffect[] = [];
  const warnings: string[] = [];
  return {
    texts: texts.map(({ text }) => text),
    report: { locations: texts.map(({ location }) => location), effects, warnings },
    apply(root, location) {
      const draft = new Draft(root);
      for (const overlay of overlays) {
        const meant = otherDocument(overlay, location);
        if (meant !== undefined)
          warnings.push(`${overlay.location} extends ${meant}; it is applied to ${location} all the same`);
        overlay.actions.forEach((action, index) => {
          const effect = perform(action, index + 1, draft, overlay.location);
          effects.push(effect);
          if (effect.places === 0)
            warnings.push(`${overlay.location}: action ${effect.action}: ${action.target} matches nothing`);
        });
      }
      return draft.root;
    },
  };
}

function perform(action: OverlayAction, number: number, draft: Draft, overlay: string): OverlayEffect {
  try {
    const locations = targets(action.target, "target", draft);
    const touched = new Set<string>();
    const value = valueBrought(action, draft);
    // What is removed can be told only before, what is added only afterwards.
    const note = () => {
      for (const place of locations)
        for (const operation of operationsAt(draft.root, place, value)) touched.add(operation);
    };
    note();
    if (action.type === "remove") draft.remove(locations);
    else for (const location of locations) draft.update(location, value);
    if (action.type !== "remove") note();
    return {
      overlay,
      action: number,
      what: `${action.type} ${action.target}`,
      places: locations.length,
      operations: touched.size,
    };
  } catch (error) {
    const isDeep = error instanceof RangeError;
    if (!isDeep && !(error instanceof DraftError)) throw error;
    const problem = isDeep ? "it is nested too deeply" : error.message;
    throw new DocumentError(overlay, `action ${number}: ${problem}`);
  }
}

function valueBrought(action: OverlayAction, draft: Draft): unknown {
  if (action.type !== "copy") return action.type === "update" ? action.value : undefined;
  const [only, ...more] = targets(action.from, "copy", draft);
  if (only === undefined || more.length > 0)
    throw new DraftError(`copy ${action.from} selects ${more.length + (only ? 1 : 0)} values, not one`);
  return draft.copyOf(only);
}

function targets(path: string, field: string, draft: Draft) {
  try {
    return select(path, draft.root);
  } catch (error) {
    if (!(error instanceof TargetError)) throw error;
    throw new DraftError(`${field} ${JSON.stringify(path)} ${error.message}`);
  }
}

/** The document that an overlay says it is for, when it is another one. */
function otherDocument({ extends: meant, location }: Overlay, applied: string): string | undefined {
  if (meant === undefined || locationOf(meant, location) === applied) return undefined;
  return meant;
}
