/** The only provider. A request without one means it. */
export const PROVIDER = "bedrock";
