import { useState } from 'preact/hooks'

import { Choice } from './parts/choice.tsx'

type Theme = 'auto' | 'light' | 'dark'

const STORAGE_KEY = 'mosaic-telemetry-theme'

/** Puts the reader's last choice in force; without one the system decides. */
export function applyStoredTheme(): void {
  apply(storedTheme())
}

export function ThemeChoice() {
  const [theme, setTheme] = useState(storedTheme)
  return (
    <Choice
      label="Colours"
      options={[
        ['auto', 'Auto'],
        ['light', 'Light'],
        ['dark', 'Dark'],
      ]}
      chosen={theme}
      onChoose={(chosen) => {
        setTheme(chosen)
        apply(chosen)
        store(chosen)
      }}
    />
  )
}

function apply(theme: Theme): void {
  if (theme === 'auto') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = theme
}

/** Storage may be closed to a page, in which case the choice lasts as long as the page. */
function storedTheme(): Theme {
  try {
    const theme = localStorage.getItem(STORAGE_KEY)
    return theme === 'light' || theme === 'dark' ? theme : 'auto'
  } catch {
    return 'auto'
  }
}

function store(theme: Theme): void {
  try {
    if (theme === 'auto') localStorage.removeItem(STORAGE_KEY)
    else localStorage.setItem(STORAGE_KEY, theme)
  } catch {
    // Nothing is lost but the memory of a colour.
  }
}
