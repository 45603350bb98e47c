import { register } from 'node:module'

register('./bundler-resolution.js', import.meta.url)
