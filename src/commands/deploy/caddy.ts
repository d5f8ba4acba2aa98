/** A Caddyfile. Caddy gets the certificate, and passes WebSockets on without configuration. */
import { formatHeader } from "./header.ts";
import { hostNames, maxRequestMegabytes, PRIVATE_PATHS, STREAM_HOURS, upstreamAddress } from "./proxy.ts";
import type { Deployment, DeploymentFormat } from "./types.ts";

export const caddy: DeploymentFormat = (deployment) => [
  { path: "Caddyfile", text: formatCaddyfile(deployment) },
];

/** Caddy sets X-Forwarded-For, X-Forwarded-Proto and X-Forwarded-Host itself, and trusts none that clients send. */
function formatCaddyfile(deployment: Deployment): string {
  return `${formatHeader("caddy", deployment, ["Install as /etc/caddy/Caddyfile."])}
${hostNames(deployment).join(", ")} {
	header Strict-Transport-Security "max-age=31536000"

	@private path ${PRIVATE_PATHS.join(" ")}
	respond @private 404

	# The largest message with its files.
	request_body {
		max_size ${maxRequestMegabytes(deployment)}MiB
	}

	reverse_proxy ${upstreamAddress(deployment)} {
		# Streams are passed on as they come.
		flush_interval -1
		transport http {
			dial_timeout 5s
			read_timeout ${STREAM_HOURS}h
			write_timeout ${STREAM_HOURS}h
		}
	}
}
`;
}
