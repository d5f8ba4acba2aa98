/** A site of nginx: TLS, WebSockets, and streams without buffering. */
import { formatHeader } from "./header.ts";
import { hostNames, maxRequestMegabytes, PRIVATE_PATHS, STREAM_HOURS, upstreamAddress } from "./proxy.ts";
import type { Deployment, DeploymentFormat } from "./types.ts";

export const nginx: DeploymentFormat = (deployment) => [
  { path: "specchat.conf", text: formatSite(deployment) },
];

function formatSite(deployment: Deployment): string {
  const names = hostNames(deployment);
  const [name] = names;
  return `${formatHeader("nginx", deployment, [
    "Install as /etc/nginx/conf.d/specchat.conf. The certificate is in /etc/ssl/specchat.",
    "For a second proxy in front of this one, set --trusted-proxies 2.",
  ])}
map $http_upgrade $specchat_connection {
  default upgrade;
  '' '';
}

upstream specchat {
  server ${upstreamAddress(deployment)};
  keepalive 32;
}

server {
  listen 80;
  listen [::]:80;
  server_name ${names.join(" ")};
  return 308 https://$host$request_uri;
}

server {
  listen 443 ssl http2;
  listen [::]:443 ssl http2;
  server_name ${names.join(" ")};
  ssl_certificate /etc/ssl/specchat/${name}.pem;
  ssl_certificate_key /etc/ssl/specchat/${name}.key;
  ssl_protocols TLSv1.2 TLSv1.3;
  add_header Strict-Transport-Security "max-age=31536000" always;

  # The largest message with its files.
  client_max_body_size ${maxRequestMegabytes(deployment)}m;

${PRIVATE_PATHS.map((path) => `  location = ${path} { return 404; }\n`).join("")}
  location / {
    proxy_pass http://specchat;
    proxy_http_version 1.1;
    # The origin of a browser is compared with the host.
    proxy_set_header Host $http_host;
    # Clients cannot choose their address: the value that they send is kept before the real one.
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    proxy_set_header X-Forwarded-Proto $scheme;
    proxy_set_header X-Forwarded-Host $http_host;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection $specchat_connection;
    # Streams are passed on as they come. Large uploads are not written to disk first.
    proxy_buffering off;
    proxy_request_buffering off;
    proxy_connect_timeout 5s;
    proxy_read_timeout ${STREAM_HOURS}h;
    proxy_send_timeout ${STREAM_HOURS}h;
    # A turn must not run twice.
    proxy_next_upstream off;
  }
}
`;
}
