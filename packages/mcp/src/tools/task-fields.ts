import { Complexity, Provider, TaskType } from '@mosaicstack/telemetry-client/protocol'
import { z } from 'zod'

/** The dimensions of a task as arguments of a tool, in the protocol's own words. */
export const taskType = z.enum(TaskType).describe('What kind of work it is')
export const model = z.string().min(1).max(100).describe('The model that does it, such as claude-sonnet-4-5')
export const provider = z.enum(Provider).describe('Who serves the model; guessed from its name')
export const complexity = z
  .enum(Complexity)
  .describe('low: a typo. medium: a feature. high: many files. critical: the architecture')

/** It is hashed before it is kept or sent, so that it may be any text. */
export const taskId = z.string().min(1).max(200)
