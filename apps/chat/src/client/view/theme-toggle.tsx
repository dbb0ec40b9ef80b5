/**
 * System, light, dark: one button that goes round. The choice is applied before the first paint by public/theme.js.
 *
 * Room: client/view.
 */
import { type ReactNode, useState } from "react";
import { Icon } from "./icons.js";

const themes = ["system", "light", "dark"] as const;
type Theme = (typeof themes)[number];
const icons = { system: "system", light: "sun", dark: "moon" } as const;

export function ThemeToggle(): ReactNode {
  const [theme, setTheme] = useState<Theme>(currentTheme);
  const next = themes[(themes.indexOf(theme) + 1) % themes.length] ?? "system";
  const label = `Theme: ${theme}. Switch to ${next}`;
  return (
    <button type="button" className="icon-button" aria-label={label} title={label} onClick={() => { apply(next); setTheme(next); }}>
      <Icon name={icons[theme]} />
    </button>
  );
}

function currentTheme(): Theme {
  const chosen = document.documentElement.dataset["theme"];
  return chosen === "light" || chosen === "dark" ? chosen : "system";
}

function apply(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
  try {
    if (theme === "system") localStorage.removeItem("chat-theme");
    else localStorage.setItem("chat-theme", theme);
  } catch {
    // storage is forbidden: the choice lasts as long as the page
  }
}
