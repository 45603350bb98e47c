import { render } from 'preact'

import { App } from './app.tsx'
import './styles/theme.css'
import './styles/page.css'
import './styles/parts.css'
import './styles/charts.css'
import './styles/panels.css'
import { applyStoredTheme } from './theme-choice.tsx'

applyStoredTheme()
const place = document.querySelector('#app')
if (place !== null) render(<App />, place)
