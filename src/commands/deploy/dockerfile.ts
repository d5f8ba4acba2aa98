/** The Dockerfile of a small image: the executable, the C library, and a user without rights. */
import { basename } from "node:path";
import { CONTAINER_USER, containerHost, DATA_FOLDER } from "./environment.ts";
import { formatHeader } from "./header.ts";
import { HEALTH_CHECK, HEALTH_COMMAND, seconds, startSeconds } from "./health-check.ts";
import { listPorts } from "./ports.ts";
import type { Deployment, DeploymentFormat } from "./types.ts";

export const DOCKERFILE = "Dockerfile";

export const docker: DeploymentFormat = (deployment) => [
  { path: DOCKERFILE, text: formatDockerfile(deployment) },
];

/** The folder in the first stage with everything that the image has from Debian. */
const ROOT = "/image";

/**
 * Formats the Dockerfile. The executable has its own certificates of certificate authorities. The image has no shell and no
 * package manager.
 */
export function formatDockerfile(deployment: Deployment): string {
  const { files, config } = deployment;
  const copies = files.map(({ source, target }) => [basename(source), target]);
  const sources = ["specchat (the executable)", ...files.map(({ source }) => source)];
  return `${formatHeader("docker", deployment, [
    `Build: docker build --tag specchat:${deployment.version} . The folder needs: ${sources.join(", ")}.`,
    "The settings are in the environment of the container: `specchat deploy compose` and others write it.",
  ])}
FROM debian:12-slim AS root
COPY specchat /usr/local/bin/specchat
RUN ldd /usr/local/bin/specchat | grep -o '/[^ ]*' | xargs -I '{}' install -D '{}' '${ROOT}{}' \\
  && install -d -m 0700 -o ${CONTAINER_USER} -g ${CONTAINER_USER} ${ROOT}${DATA_FOLDER} \\
  && install -d -m 1777 ${ROOT}/tmp \\
  && install -d ${ROOT}/etc \\
  && echo 'nonroot:x:${CONTAINER_USER}:${CONTAINER_USER}:nonroot:${DATA_FOLDER}:/sbin/nologin' > ${ROOT}/etc/passwd

FROM scratch
COPY --from=root ${ROOT}/ /
COPY specchat /usr/local/bin/specchat
${copies.map((copy) => `COPY ${JSON.stringify(copy)}\n`).join("")}ENV HOME=${DATA_FOLDER} \\
  SPECCHAT_DATA_DIR=${DATA_FOLDER} \\
  SPECCHAT_HOST=${containerHost(deployment)}
USER ${CONTAINER_USER}:${CONTAINER_USER}
WORKDIR ${DATA_FOLDER}
VOLUME ["${DATA_FOLDER}", "/tmp"]
EXPOSE ${listPorts(config)
    .map(({ port }) => port)
    .join(" ")}
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=${seconds(HEALTH_CHECK.interval)} --timeout=${seconds(HEALTH_CHECK.timeout)} --start-period=${seconds(startSeconds(config))} --retries=${HEALTH_CHECK.retries} CMD ${JSON.stringify(HEALTH_COMMAND)}
ENTRYPOINT ["/usr/local/bin/specchat"]
CMD ["serve"]
`;
}
