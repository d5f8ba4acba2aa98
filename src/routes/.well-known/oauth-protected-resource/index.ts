/** `GET /.well-known/oauth-protected-resource`: the metadata of this server for OAuth clients, RFC 9728. */
import { createMetadataRoute } from "../../_http/resource-metadata.ts";

export const resourceMetadata = createMetadataRoute("");
