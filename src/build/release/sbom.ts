/** Formats the bill of materials of a release: CycloneDX 1.6 as JSON. */
import { Factories } from "@cyclonedx/cyclonedx-library/Contrib/License";
import { ComponentType } from "@cyclonedx/cyclonedx-library/Enums";
import { Bom, Component, LicenseRepository, Metadata } from "@cyclonedx/cyclonedx-library/Models";
import { JSON as Json, JsonSerializer } from "@cyclonedx/cyclonedx-library/Serialize";
import { Spec1dot6 } from "@cyclonedx/cyclonedx-library/Spec";
import { PackageURL } from "packageurl-js";
import parseExpression from "spdx-expression-parse";
import type { BundledPackage } from "../../commands/licenses/packages.ts";

export interface SbomOptions {
  readonly version: string;
  /** The version of Bun, the runtime in the executable. */
  readonly runtime: string;
  readonly packages: readonly Pick<BundledPackage, "name" | "version" | "license">[];
  /** The time of the commit, so that the same commit gives the same text. */
  readonly date: Date;
}

export function formatSbom({ version, runtime, packages, date }: SbomOptions): string {
  const product = new Component(ComponentType.Application, "specchat", {
    bomRef: `specchat@${version}`,
    version,
    licenses: toLicenses("MIT"),
    purl: new PackageURL("generic", null, "specchat", version).toString(),
  });
  const components = [
    new Component(ComponentType.Platform, "bun", {
      bomRef: `bun@${runtime}`,
      version: runtime,
      licenses: toLicenses("MIT AND LGPL-2.1-or-later"),
      purl: new PackageURL("github", "oven-sh", "bun", `bun-v${runtime}`).toString(),
    }),
    ...packages.map(toComponent),
  ];
  for (const { bomRef } of components) product.dependencies.add(bomRef);
  const bom = new Bom({ metadata: new Metadata({ timestamp: date, component: product }) });
  for (const component of components) bom.components.add(component);
  const serializer = new JsonSerializer(new Json.Normalize.Factory(Spec1dot6));
  return `${serializer.serialize(bom, { sortLists: true, space: 2 })}\n`;
}

function toComponent({ name, version, license }: SbomOptions["packages"][number]): Component {
  const [scope, base] = name.includes("/") ? name.split("/") : [undefined, name];
  return new Component(ComponentType.Library, base ?? name, {
    bomRef: `${name}@${version}`,
    ...(scope === undefined ? {} : { group: scope }),
    version,
    licenses: toLicenses(license),
    purl: new PackageURL("npm", scope ?? null, base ?? name, version).toString(),
  });
}

function toLicenses(license: string): LicenseRepository {
  return new LicenseRepository([new Factories.LicenseFactory(parseExpression).makeFromString(license)]);
}
