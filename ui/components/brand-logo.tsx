import { brand } from "../browser/brand.ts";
import { Logo } from "./icons.tsx";

/** The logo of the operator, or that of specchat. The title beside it says the same in words. */
export function BrandLogo() {
  if (brand.logo === undefined) return <Logo />;
  return <img className="brand-logo" src={brand.logo} alt="" />;
}
