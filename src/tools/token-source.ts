import type { Proof, ReadyProof } from "./credentials.ts";
import type { Api } from "./types.ts";

export type Tokens =
  | { readonly outcome: "ready"; readonly proofs: readonly ReadyProof[] }
  | { readonly outcome: "failed"; readonly problem: string };

/** Turns a client's credentials into tokens; other proofs pass as they are. Always resolves. */
export type TokenSource = (
  proofs: readonly Proof[],
  api: Api,
  options: { readonly dryRun: boolean; readonly signal: AbortSignal },
) => Promise<Tokens>;

/** For APIs whose settings hold no OAuth2 client. */
export const noTokens: TokenSource = async (proofs) => {
  const ready: ReadyProof[] = [];
  for (const { credential, ...proof } of proofs) {
    if (credential.type !== "client") ready.push({ ...proof, credential });
  }
  return { outcome: "ready", proofs: ready };
};
