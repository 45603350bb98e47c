import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { applySettings, hasOtherStatusLine, removeSettings, saysTheSame } from './claude-settings.ts'

const ours = { program: 'mosaic-telemetry', showForecast: false, statusline: true, env: {} }

describe('settings of a person', () => {
  const settings = [
    '{',
    '\t"model":  "opus",',
    '\t"hooks": { "Stop": [{ "matcher": "", "hooks": [{ "type": "command", "command": "say done" }] }] },',
    '',
    '\t"permissions": {"allow": ["Bash(ls:*)", "}"]}',
    '}',
    '',
  ].join('\n')

  it('keep every line that is not about hooks, byte for byte', () => {
    const applied = applySettings(settings, ours)

    for (const line of ['\t"model":  "opus",', '\t"permissions": {"allow": ["Bash(ls:*)", "}"]}']) {
      expect(applied).toContain(`${line}`)
    }
    expect(JSON.parse(applied)).toMatchObject({
      hooks: {
        Stop: [
          { matcher: '', hooks: [{ command: 'say done' }] },
          { hooks: [{ command: 'mosaic-telemetry hook claude-code', timeout: 5 }] },
        ],
        SessionEnd: [{ hooks: [{ command: 'mosaic-telemetry hook claude-code' }] }],
      },
      statusLine: { type: 'command', command: 'mosaic-telemetry statusline' },
    })
  })

  it('keep a status line of their own', () => {
    const text = '{ "statusLine": { "type": "command", "command": "my-line" } }'

    expect(JSON.parse(applySettings(text, ours)).statusLine.command).toBe('my-line')
    expect(hasOtherStatusLine(text)).toBe(true)
    expect(JSON.parse(removeSettings(applySettings(text, ours)))).toEqual(JSON.parse(text))
  })

  it('change with what is wanted, and hold each hook once', () => {
    const moved = { ...ours, program: 'node "/opt/it/packages/cli/dist/main.js"', showForecast: true }

    const again = JSON.parse(applySettings(applySettings(settings, ours), moved))

    expect(again.hooks.Stop).toHaveLength(2)
    expect(again.hooks.UserPromptSubmit).toEqual([
      {
        hooks: [
          { type: 'command', command: `${moved.program} hook claude-code --show-forecast`, timeout: 5 },
        ],
      },
    ])
  })

  it.each(['', 'null', '[]', '{ "a": 1, }', '// mine\n{}'])(
    'that are %j are refused with a sentence',
    (text) => {
      expect(() => applySettings(text, ours)).toThrow('no JSON object, so nothing was changed')
    },
  )
})

describe('any settings', () => {
  const command = fc.record({ type: fc.constant('command'), command: fc.string() })
  const groups = fc.array(fc.record({ matcher: fc.string(), hooks: fc.array(command, { minLength: 1 }) }), {
    minLength: 1,
  })
  const settings = fc
    .record(
      {
        hooks: fc.dictionary(fc.constantFrom('Stop', 'PreToolUse', 'SessionEnd'), groups),
        statusLine: command,
        other: fc.jsonValue(),
        env: fc.dictionary(fc.string(), fc.string()),
      },
      { requiredKeys: [] },
    )
    .chain((value) =>
      fc.constantFrom(undefined, 2, '\t').map((indent) => JSON.stringify(value, null, indent)),
    )

  it('are applied once, however often it is done', () => {
    fc.assert(
      fc.property(settings, (text) => {
        const once = applySettings(text, ours)

        expect(applySettings(once, ours)).toBe(once)
      }),
    )
  })

  it('say the same as before once everything of ours is removed', () => {
    fc.assert(
      fc.property(settings, (text) => {
        const env = {
          CLAUDE_CODE_ENABLE_TELEMETRY: '1',
          OTEL_LOGS_EXPORTER: 'otlp',
          OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
          OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:8765',
          OTEL_EXPORTER_OTLP_HEADERS: `Authorization=Bearer msk_${'a'.repeat(40)}`,
        }

        const removed = removeSettings(applySettings(text, { ...ours, env }))

        expect(saysTheSame(removed, text)).toBe(true)
        expect(removed).not.toContain('mosaic-telemetry')
      }),
    )
  })
})
