/** `GET /.well-known/oauth-protected-resource/mcp`: the metadata of `/mcp` for OAuth clients, RFC 9728. */
import { createMetadataRoute } from "../../_http/resource-metadata.ts";

export const mcpResourceMetadata = createMetadataRoute("/mcp");
