import type { AdminGateway, InstanceView, KeyView } from './admin-gateway.ts'
import { CliError } from './cli-error.ts'

/** Administers a server through its admin API. */
export function remoteGateway(serverUrl: string, token: string): AdminGateway {
  const ask = async <Answer>(method: string, path: string, body?: object): Promise<Answer> => {
    const response = await fetch(`${serverUrl.replace(/\/+$/, '')}/v1/admin/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch((cause: unknown) => {
      throw new CliError(`${serverUrl} does not answer`, {
        hint: 'Is the server running, and is the address right?',
        cause,
      })
    })
    const answer = (await response.json().catch(() => ({}))) as Answer & { error?: { message?: string } }
    if (response.ok) return answer
    throw new CliError(
      `HTTP ${response.status}: ${answer.error?.message ?? 'no telemetry server answered'}`,
      {
        hint:
          response.status === 401 ? 'Check MOSAIC_TELEMETRY_ADMIN_TOKEN.' : 'Check --server-url and the id.',
      },
    )
  }

  return {
    createInstance: ({ name, instanceId }) => ask('POST', 'instances', { name, instance_id: instanceId }),
    listInstances: async () => (await ask<{ instances: InstanceView[] }>('GET', 'instances')).instances,
    deleteInstance: (instanceId) => ask('DELETE', `instances/${encodeURIComponent(instanceId)}`),
    createKey: (instanceId, { label, expiresAt }) =>
      ask('POST', `instances/${encodeURIComponent(instanceId)}/keys`, { label, expires_at: expiresAt }),
    listKeys: async (instanceId) =>
      (await ask<{ keys: KeyView[] }>('GET', `instances/${encodeURIComponent(instanceId)}/keys`)).keys,
    revokeKey: (keyId) => ask('DELETE', `keys/${encodeURIComponent(keyId)}`),
  }
}
