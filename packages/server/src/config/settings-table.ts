import { flagOf, variableOf } from './resolve-config.ts'
import { settings, type Setting, type SettingKey } from './settings.ts'

/** The settings as a Markdown table, for the documentation. */
export function settingsTable(): string {
  const rows = (Object.keys(settings) as SettingKey[]).map((key) => {
    const setting: Setting<unknown> = settings[key]
    const flag = setting.isSecret ? '–' : `\`${flagOf(key)}\``
    const variables = [variableOf(key), ...(setting.aliases ?? [])].map((name) => `\`${name}\``).join(', ')
    return `| ${flag} | ${variables} | ${defaultOf(key, setting)} | ${setting.help} |`
  })
  return ['| flag | environment | default | what it does |', '|---|---|---|---|', ...rows].join('\n')
}

function defaultOf(key: SettingKey, setting: Setting<unknown>): string {
  if (key === 'dataDir') return 'a per-user directory' // not that of whoever writes the documentation
  const { default: value } = setting
  if (value === null || (Array.isArray(value) && value.length === 0)) return 'none'
  return `\`${String(value)}\``
}
