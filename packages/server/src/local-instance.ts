import { writeFileSync } from 'node:fs'

import type { Administration } from './auth/administration.ts'
import { credentialsFile, type LocalCredentials, readLocalCredentials } from './local-files.ts'

/**
 * Makes an instance and a key for this machine's own programs when the store has none yet, so that a first start needs
 * no administration; keeps the noted address current at later starts.
 *
 * @returns the file's path where it was made just now.
 */
export async function prepareLocalInstance(
  administration: Administration,
  dataDir: string,
  url: string,
): Promise<string | undefined> {
  const known = readLocalCredentials(dataDir)
  const instances = await administration.listInstances()
  if (known !== undefined && instances.some(({ instanceId }) => instanceId === known.instance_id)) {
    if (known.server_url !== url) write(dataDir, { ...known, server_url: url })
    return undefined
  }
  // Credentials of an instance that this store does not know are those of a database that is gone.
  if (instances.length > 0) return undefined

  const instance = await administration.createInstance({ name: 'local', instanceId: null })
  const created =
    instance && (await administration.createKey(instance.instanceId, { label: 'local', expiresAtMs: null }))
  if (instance === undefined || created === undefined) return undefined
  return write(dataDir, { server_url: url, instance_id: instance.instanceId, api_key: created.apiKey })
}

function write(dataDir: string, credentials: LocalCredentials): string {
  const file = credentialsFile(dataDir)
  writeFileSync(file, `${JSON.stringify(credentials, null, 2)}\n`, { mode: 0o600 })
  return file
}
