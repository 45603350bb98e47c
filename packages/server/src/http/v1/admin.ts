import type { FastifyInstance } from 'fastify'

import type { Administration } from '../../auth/administration.ts'
import { describeApiKey, describeInstance } from '../../auth/administration.ts'
import { readObject } from '../envelope.ts'
import { sendError } from '../error-answer.ts'
import { describeRoute } from '../openapi.ts'
import type { Services } from '../services.ts'
import { readDateField, readTextField, readUuidField } from './admin-fields.ts'

/** `/v1/admin`: instances and their keys. */
export function adminRoutes(app: FastifyInstance, { administration, requireAdmin }: Services): void {
  instanceRoutes(app, administration, requireAdmin)
  keyRoutes(app, administration, requireAdmin)
}

function instanceRoutes(
  app: FastifyInstance,
  administration: Administration,
  onRequest: Services['requireAdmin'],
): void {
  app.post(
    '/v1/admin/instances',
    {
      onRequest,
      schema: describeRoute({
        summary: 'Create an instance',
        tag: 'admin',
        auth: 'admin',
        body: {
          type: 'object',
          properties: {
            name: { type: 'string', maxLength: 200 },
            instance_id: { type: 'string', format: 'uuid' },
          },
        },
        answers: { 201: 'The instance' },
        errors: [400, 401, 409, 422],
      }),
    },
    async (request, reply) => {
      const body = readObject(request.body, { mayBeAbsent: true })
      const instance = await administration.createInstance({
        name: readTextField(body, 'name', 200),
        instanceId: readUuidField(body, 'instance_id'),
      })
      if (instance === undefined) {
        return sendError(reply, {
          code: 'conflict',
          message: 'instance_id: an instance of that id exists already, or was deleted',
        })
      }
      return reply.code(201).send(describeInstance(instance))
    },
  )

  app.get(
    '/v1/admin/instances',
    {
      onRequest,
      schema: describeRoute({
        summary: 'List instances',
        description:
          '`trust` says how much predictions count an instance by what it reports: 1 fully, 0 not at all. The instance itself is not told.',
        tag: 'admin',
        auth: 'admin',
        answers: { 200: 'The instances' },
        errors: [401],
      }),
    },
    async () => ({ instances: (await administration.listInstances()).map(describeInstance) }),
  )

  app.delete<{ Params: { id: string } }>(
    '/v1/admin/instances/:id',
    {
      onRequest,
      schema: describeRoute({
        summary: 'Delete an instance and everything it sent',
        description:
          'Its events, keys and share of all predictions, for good: its id is never given again. The forecast learns again from what is left, which takes minutes where there are millions of events.',
        tag: 'admin',
        auth: 'admin',
        answers: { 200: 'What was deleted' },
        errors: [401, 404],
      }),
    },
    async (request, reply) => {
      const deleted = await administration.deleteInstance(request.params.id)
      if (deleted === undefined) return sendError(reply, NO_INSTANCE)
      return { instance_id: request.params.id.toLowerCase(), deleted_events: deleted.events }
    },
  )
}

const NO_INSTANCE = { code: 'not_found', message: 'there is no instance of that id' } as const

function keyRoutes(
  app: FastifyInstance,
  administration: Administration,
  onRequest: Services['requireAdmin'],
): void {
  app.post<{ Params: { id: string } }>(
    '/v1/admin/instances/:id/keys',
    {
      onRequest,
      schema: describeRoute({
        summary: 'Create an API key',
        description: 'The answer is the only sight of `api_key`.',
        tag: 'admin',
        auth: 'admin',
        body: {
          type: 'object',
          properties: {
            label: { type: 'string', maxLength: 200 },
            expires_at: { type: 'string', format: 'date-time' },
          },
        },
        answers: { 201: 'The key' },
        errors: [400, 401, 404, 422],
      }),
    },
    async (request, reply) => {
      const body = readObject(request.body, { mayBeAbsent: true })
      const created = await administration.createKey(request.params.id, {
        label: readTextField(body, 'label', 200),
        expiresAtMs: readDateField(body, 'expires_at'),
      })
      if (created === undefined) return sendError(reply, NO_INSTANCE)
      return reply.code(201).send({ ...describeApiKey(created.key), api_key: created.apiKey })
    },
  )

  app.get<{ Params: { id: string } }>(
    '/v1/admin/instances/:id/keys',
    {
      onRequest,
      schema: describeRoute({
        summary: 'List the API keys of an instance',
        tag: 'admin',
        auth: 'admin',
        answers: { 200: 'The keys, without the keys themselves' },
        errors: [401, 404],
      }),
    },
    async (request, reply) => {
      const keys = await administration.listKeys(request.params.id)
      return keys === undefined ? sendError(reply, NO_INSTANCE) : { keys: keys.map(describeApiKey) }
    },
  )

  app.delete<{ Params: { key_id: string } }>(
    '/v1/admin/keys/:key_id',
    {
      onRequest,
      schema: describeRoute({
        summary: 'Revoke an API key',
        description: 'At once here, within five seconds on every other server process.',
        tag: 'admin',
        auth: 'admin',
        answers: { 200: 'The revoked key' },
        errors: [401, 404],
      }),
    },
    async (request, reply) => {
      const key = await administration.revokeKey(request.params.key_id)
      if (key === undefined)
        return sendError(reply, { code: 'not_found', message: 'there is no key of that id' })
      return describeApiKey(key)
    },
  )
}
