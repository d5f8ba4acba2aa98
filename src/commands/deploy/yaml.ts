/** Formats YAML that people read: long lines stay whole, and nothing is replaced by an alias. */
import { stringify } from "yaml";

/** Quotes texts such as `off` and `2012-10-17`, which readers of YAML 1.1 take for other types. Kubernetes and AWS have such readers. */
export function toYaml(value: unknown): string {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false, version: "1.1" });
}
