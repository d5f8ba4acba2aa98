import { getExternalStoreMessages, useAuiState } from "@assistant-ui/react";
import type { Entry } from "../state/types.ts";

/** Returns the entry of the message that is rendered. */
export function useEntry(): Entry | undefined {
  return useAuiState((state) => getExternalStoreMessages<Entry>(state.message)[0]);
}
