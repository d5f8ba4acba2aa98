/** Models of Bedrock that specchat cannot call. */

/** @param name the model id, perhaps with its family. */
export function unservedText(name: string): string {
  return `${name} is served by the Messages API of bedrock-mantle alone, which specchat does not support. Use another model.`;
}
