/** The model list of the anthropic protocol: https://docs.claude.com/en/api/models-list. Pure. */

export function encodeAnthropicModel(id: string): object {
  return { type: "model", id, display_name: id, created_at: "1970-01-01T00:00:00Z" };
}

/** Encodes all models as one page. */
export function encodeAnthropicModels(ids: readonly string[]): object {
  return {
    data: ids.map(encodeAnthropicModel),
    has_more: false,
    first_id: ids.at(0) ?? null,
    last_id: ids.at(-1) ?? null,
  };
}
