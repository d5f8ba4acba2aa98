import { getExternalStoreMessages, useAuiState } from "@assistant-ui/react";
import type { Entry } from "../state/types.ts";

/** The entry behind the message that is being rendered. */
export function useEntry(): Entry | undefined {
  return useAuiState((state) => getExternalStoreMessages<Entry>(state.message)[0]);
}
