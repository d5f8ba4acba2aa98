/** The model list of the openai protocol: https://platform.openai.com/docs/api-reference/models. Pure. */

/** Encodes a model for `/v1/models`. */
export function encodeModel(id: string): object {
  return { id, object: "model", created: 0, owned_by: "specchat" };
}
