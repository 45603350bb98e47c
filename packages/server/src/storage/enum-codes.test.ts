import {
  Complexity,
  Harness,
  Outcome,
  Provider,
  QualityGate,
  RepoSizeCategory,
  TaskType,
} from '@mosaicstack/telemetry-client/protocol'
import { expect, it } from 'vitest'

import {
  complexityCodes,
  harnessCodes,
  outcomeCodes,
  providerCodes,
  qualityGateCodes,
  repoSizeCodes,
  taskTypeCodes,
} from './enum-codes.ts'

const CASES = [
  ['TaskType', taskTypeCodes, TaskType],
  ['Complexity', complexityCodes, Complexity],
  ['Harness', harnessCodes, Harness],
  ['Provider', providerCodes, Provider],
  ['Outcome', outcomeCodes, Outcome],
  ['QualityGate', qualityGateCodes, QualityGate],
  ['RepoSizeCategory', repoSizeCodes, RepoSizeCategory],
] as const

it.each(CASES)('keeps every member of the protocol: %s', (_, codec, members) => {
  for (const member of Object.values(members)) expect(codec.decode(codec.encode(member))).toBe(member)
})

it('keeps the numbers that databases out there hold', () => {
  expect(CASES.map(([, codec]) => codec.values.join(' '))).toEqual([
    'planning implementation code_review testing debugging refactoring documentation configuration security_audit unknown',
    'low medium high critical',
    'claude_code opencode kilo_code aider api_direct ollama_local custom unknown',
    'anthropic openai openrouter ollama google mistral custom unknown',
    'success failure partial timeout',
    'build lint test coverage typecheck security',
    'tiny small medium large huge',
  ])
})

it('throws at what validation lets nobody send', () => {
  expect(() => outcomeCodes.encode('maybe')).toThrow('outcome has no member "maybe"')
  expect(() => outcomeCodes.decode(4)).toThrow('outcome has no member 4')
})
