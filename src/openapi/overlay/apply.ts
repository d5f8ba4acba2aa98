/** Reads overlays and applies them to a document. */
import { DocumentError } from "../../errors.ts";
import { decodeText } from "../document/byte-budget.ts";
import { type DocumentTransform, resolveLocation } from "../document/library.ts";
import { parseText } from "../document/parse.ts";
import type { DocumentSource } from "../document/source.ts";
import type { OverlayEffect, OverlayReport } from "../types.ts";
import { findAffectedOperations } from "./affected-operations.ts";
import { DocumentDraft, DraftError } from "./draft.ts";
import { type Overlay, type OverlayAction, readOverlay } from "./overlay.ts";
import { selectLocations, TargetError } from "./target.ts";

/** Overlays to apply to a root document. */
export interface OverlaySet extends DocumentTransform {
  /** The effects of the overlays; complete after `apply`. */
  readonly report: OverlayReport;
}

/**
 * Reads JSON or YAML overlays from file paths or URLs.
 * @throws DocumentError
 */
export async function readOverlays(
  addresses: readonly string[],
  source: DocumentSource,
): Promise<OverlaySet> {
  const texts = await Promise.all(
    addresses.map(async (address) => {
      const { bytes, location } = await source.readRoot(address);
      return { text: decodeText(bytes), location };
    }),
  );
  const overlays = texts.map(({ text, location }) => readOverlay(parseText(text, location), location));
  const effects: OverlayEffect[] = [];
  const warnings: string[] = [];
  return {
    texts: texts.map(({ text }) => text),
    report: { locations: texts.map(({ location }) => location), effects, warnings },
    apply(root, location) {
      const draft = new DocumentDraft(root);
      for (const overlay of overlays) {
        const declaredTarget = findMismatchedTarget(overlay, location);
        if (declaredTarget !== undefined)
          warnings.push(`${overlay.location} extends ${declaredTarget}, but is applied to ${location}`);
        overlay.actions.forEach((action, index) => {
          if (action.type === "none") return;
          const effect = applyAction(action, index + 1, draft, overlay.location);
          effects.push(effect);
          if (effect.matches === 0)
            warnings.push(`${overlay.location}: action ${effect.action}: ${action.target} matches nothing`);
        });
      }
      return draft.root;
    },
  };
}

type EffectiveAction = Exclude<OverlayAction, { readonly type: "none" }>;

function applyAction(
  action: EffectiveAction,
  number: number,
  draft: DocumentDraft,
  overlay: string,
): OverlayEffect {
  try {
    const locations = selectTargets(action.target, "target", draft);
    const touchedOperations = new Set<string>();
    const value = resolveValue(action, draft);
    // Removed operations exist only before the change, added ones only after it.
    const recordOperations = () => {
      for (const location of locations)
        for (const operation of findAffectedOperations(draft.root, location, value))
          touchedOperations.add(operation);
    };
    recordOperations();
    if (action.type === "remove") draft.remove(locations);
    else for (const location of locations) draft.update(location, value);
    if (action.type !== "remove") recordOperations();
    return {
      overlay,
      action: number,
      summary: `${action.type} ${action.target}`,
      matches: locations.length,
      operations: touchedOperations.size,
    };
  } catch (error) {
    const isTooDeep = error instanceof RangeError;
    if (!isTooDeep && !(error instanceof DraftError)) throw error;
    const problem = isTooDeep ? "it is nested too deeply" : error.message;
    throw new DocumentError(overlay, `action ${number}: ${problem}`);
  }
}

function resolveValue(action: EffectiveAction, draft: DocumentDraft): unknown {
  if (action.type !== "copy") return action.type === "update" ? action.value : undefined;
  const [only, ...more] = selectTargets(action.from, "copy", draft);
  if (only === undefined || more.length > 0)
    throw new DraftError(`copy ${action.from} selects ${more.length + (only ? 1 : 0)} values, not one`);
  return draft.copyAt(only);
}

function selectTargets(path: string, field: string, draft: DocumentDraft) {
  try {
    return selectLocations(path, draft.root);
  } catch (error) {
    if (!(error instanceof TargetError)) throw error;
    throw new DraftError(`${field} ${JSON.stringify(path)} ${error.message}`);
  }
}

/** Returns the document that an overlay was written for when it is not the one it is applied to. */
function findMismatchedTarget(
  { extends: declaredTarget, location }: Overlay,
  appliedTo: string,
): string | undefined {
  if (declaredTarget === undefined || resolveLocation(declaredTarget, location) === appliedTo)
    return undefined;
  return declaredTarget;
}
