import type { ReactNode } from "react";

/** An icon in the colour and size of the text. The control that contains it provides the accessible name. A directed icon is mirrored in languages from right to left. */
export function Icon({ children, isDirected = false }: { children: ReactNode; isDirected?: boolean }) {
  return (
    <svg
      className={isDirected ? "icon icon-directed" : "icon"}
      viewBox="0 0 20 20"
      aria-hidden="true"
      focusable="false"
    >
      {children}
    </svg>
  );
}

export const ArrowUp = () => (
  <Icon>
    <path d="M10 16V4.5M5 9.2l5-5 5 5" />
  </Icon>
);

export const ArrowDown = () => (
  <Icon>
    <path d="M10 4v11.5M5 10.8l5 5 5-5" />
  </Icon>
);

export const Stop = () => (
  <Icon>
    <rect x="5.5" y="5.5" width="9" height="9" rx="1.5" className="icon-filled" />
  </Icon>
);

export const Redo = () => (
  <Icon isDirected>
    <path d="M15.5 8.2A6 6 0 1 0 16 11.5M16 4v4.5h-4.5" />
  </Icon>
);

export const ThumbUp = () => (
  <Icon>
    <path d="M6.5 9l3-5.5c1 0 2 .6 2 2V8.2h3.6c1 0 1.7.9 1.5 1.8l-1 4.8c-.1.8-.8 1.2-1.5 1.2H6.5zM6.5 9H3.8v7h2.7" />
  </Icon>
);

export const ThumbDown = () => (
  <Icon>
    <path d="M13.5 11l-3 5.5c-1 0-2-.6-2-2v-2.7H4.9c-1 0-1.7-.9-1.5-1.8l1-4.8C4.5 4.4 5.2 4 5.9 4h7.6zM13.5 11h2.7V4h-2.7" />
  </Icon>
);

export const ChevronLeft = () => (
  <Icon isDirected>
    <path d="M12 5l-5 5 5 5" />
  </Icon>
);

export const Copy = () => (
  <Icon>
    <rect x="7" y="7" width="9.5" height="9.5" rx="2" />
    <path d="M13 4.6A1.6 1.6 0 0 0 11.5 3.5h-6a2 2 0 0 0-2 2v6A1.6 1.6 0 0 0 4.6 13" />
  </Icon>
);

export const Check = () => (
  <Icon>
    <path d="M4 10.5l4 4 8-9" />
  </Icon>
);

export const Cross = () => (
  <Icon>
    <path d="M5.5 5.5l9 9M14.5 5.5l-9 9" />
  </Icon>
);

export const Chevron = () => (
  <Icon isDirected>
    <path d="M7.5 5l5 5-5 5" />
  </Icon>
);

export const Plus = () => (
  <Icon>
    <path d="M10 4v12M4 10h12" />
  </Icon>
);

export const Moon = () => (
  <Icon>
    <path d="M16.5 11.8A7 7 0 0 1 8.2 3.5a7 7 0 1 0 8.3 8.3z" />
  </Icon>
);

export const Sun = () => (
  <Icon>
    <circle cx="10" cy="10" r="3.5" />
    <path d="M10 1.8v1.7M10 16.5v1.7M1.8 10h1.7M16.5 10h1.7M4.2 4.2l1.2 1.2M14.6 14.6l1.2 1.2M4.2 15.8l1.2-1.2M14.6 5.4l1.2-1.2" />
  </Icon>
);

export const Warning = () => (
  <Icon>
    <circle cx="10" cy="10" r="7.2" />
    <path d="M10 6.2v4.6M10 13.6v.1" />
  </Icon>
);

export const Help = () => (
  <Icon>
    <circle cx="10" cy="10" r="7.2" />
    <path d="M7.9 8.1a2.1 2.1 0 1 1 3.1 1.8c-.6.4-1 .8-1 1.6M10 13.9v.1" />
  </Icon>
);

export const Retry = () => (
  <Icon>
    <path d="M15.8 8A6.2 6.2 0 1 0 16 11.5M16 3.8V8h-4.2" />
  </Icon>
);

export const Pencil = () => (
  <Icon>
    <path d="M4 16l.7-3.2 8.6-8.6a1.6 1.6 0 0 1 2.3 0l.2.2a1.6 1.6 0 0 1 0 2.3L7.2 15.3z" />
  </Icon>
);

export const Key = () => (
  <Icon>
    <circle cx="7" cy="13" r="3.5" />
    <path d="M9.6 10.4L16.5 3.5M13.2 6.8l2.3 2.3" />
  </Icon>
);

export const Person = () => (
  <Icon>
    <circle cx="10" cy="6.8" r="3.3" />
    <path d="M3.8 16.8c.6-3.2 3.1-5 6.2-5s5.6 1.8 6.2 5" />
  </Icon>
);

export const Download = () => (
  <Icon>
    <path d="M10 3.5v9M6 8.8l4 4 4-4M4 16.5h12" />
  </Icon>
);

export const Paperclip = () => (
  <Icon>
    <path d="M16.5 9.6l-6.3 6.3a4 4 0 0 1-5.7-5.7l6.7-6.7a2.7 2.7 0 0 1 3.8 3.8l-6.6 6.6a1.3 1.3 0 0 1-1.9-1.9l6-6" />
  </Icon>
);

export const Shield = () => (
  <Icon>
    <path d="M10 2.8l6 2.2v4.6c0 3.6-2.5 6.3-6 7.6-3.5-1.3-6-4-6-7.6V5zM10 6.8v4M10 13.4v.1" />
  </Icon>
);

export const Sidebar = () => (
  <Icon isDirected>
    <rect x="2.8" y="3.8" width="14.4" height="12.4" rx="2.4" />
    <path d="M7.8 3.8v12.4" />
  </Icon>
);

export const Dots = () => (
  <Icon>
    <path d="M5 10v.1M10 10v.1M15 10v.1" strokeWidth="2.4" />
  </Icon>
);

export const Trash = () => (
  <Icon>
    <path d="M3.5 5.5h13M8 5.5v-2h4v2M5.2 5.5l.7 11h8.2l.7-11M8.4 8.8v4.6M11.6 8.8v4.6" />
  </Icon>
);

export const Globe = () => (
  <Icon>
    <circle cx="10" cy="10" r="6.5" />
    <path d="M3.5 10h13M10 3.5c2.2 2 3 4.2 3 6.5s-.8 4.5-3 6.5c-2.2-2-3-4.2-3-6.5s.8-4.5 3-6.5z" />
  </Icon>
);

export const Logo = () => (
  <svg className="logo" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    <path
      className="logo-bubble"
      d="M6 2h12a4 4 0 0 1 4 4v8a4 4 0 0 1-4 4h-6.5L7 22v-4H6a4 4 0 0 1-4-4V6a4 4 0 0 1 4-4z"
    />
    <path
      className="logo-braces"
      d="M9.8 6.2c-1.6 0-1.6 1-1.6 1.9s0 1.9-1.5 1.9c1.5 0 1.5 1 1.5 1.9s0 1.9 1.6 1.9M14.2 6.2c1.6 0 1.6 1 1.6 1.9s0 1.9 1.5 1.9c-1.5 0-1.5 1-1.5 1.9s0 1.9-1.6 1.9"
    />
  </svg>
);

export const Info = () => (
  <Icon>
    <circle cx="10" cy="10" r="6.5" />
    <path d="M10 9.2v4M10 6.6v.2" />
  </Icon>
);

export const Printer = () => (
  <Icon>
    <path d="M6 7V3.5h8V7M6 14H4V7.5h12V14h-2M6 11.5h8v5H6z" />
  </Icon>
);
