/** The icons of the result viewer, which are loaded with it. */
import { Icon } from "../components/icons.tsx";

export const Expand = () => (
  <Icon>
    <path d="M11.5 4H16v4.5M16 4l-5 5M8.5 16H4v-4.5M4 16l5-5" />
  </Icon>
);

export const Collapse = () => (
  <Icon>
    <path d="M16 9h-5V4M11 9l5-5M4 11h5v5M9 11l-5 5" />
  </Icon>
);

export const Columns = () => (
  <Icon>
    <rect x="3.5" y="4" width="13" height="12" rx="1.5" />
    <path d="M8 4v12M12 4v12" />
  </Icon>
);
