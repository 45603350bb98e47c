import type { FileArea } from './log-facts.ts'

/** Lower-case names, as predictions compare them, and the endings of their files. */
const ENDINGS: Readonly<Record<string, string>> = {
  astro: 'astro',
  c: 'c h',
  clojure: 'clj cljs',
  cpp: 'cc cpp cxx hpp hh',
  csharp: 'cs',
  css: 'css scss sass less',
  dart: 'dart',
  docker: 'dockerfile',
  elixir: 'ex exs heex',
  erlang: 'erl',
  fsharp: 'fs',
  go: 'go',
  graphql: 'graphql gql',
  haskell: 'hs',
  html: 'html htm',
  java: 'java',
  javascript: 'js jsx mjs cjs',
  json: 'json jsonc',
  julia: 'jl',
  kotlin: 'kt kts',
  latex: 'tex',
  lua: 'lua',
  make: 'makefile mk',
  markdown: 'md mdx',
  nix: 'nix',
  'objective-c': 'm mm',
  ocaml: 'ml mli',
  perl: 'pl pm',
  php: 'php',
  powershell: 'ps1',
  protobuf: 'proto',
  python: 'py pyi ipynb',
  r: 'r',
  restructuredtext: 'rst',
  ruby: 'rb erb',
  rust: 'rs',
  scala: 'scala',
  shell: 'sh bash zsh fish',
  solidity: 'sol',
  sql: 'sql',
  svelte: 'svelte',
  swift: 'swift',
  terraform: 'tf',
  toml: 'toml',
  typescript: 'ts tsx mts cts',
  vb: 'vb',
  vue: 'vue',
  xml: 'xml',
  yaml: 'yaml yml',
  zig: 'zig',
}

const LANGUAGES: ReadonlyMap<string, string> = new Map(
  Object.entries(ENDINGS).flatMap(([language, endings]) =>
    endings.split(' ').map((ending) => [ending, language] as const),
  ),
)

/** The language of a file, by its name alone. */
export function languageOf(path: string): string | undefined {
  const name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1).toLowerCase()
  return LANGUAGES.get(name.slice(name.lastIndexOf('.') + 1))
}

const DOC_LANGUAGES: ReadonlySet<string | undefined> = new Set(['markdown', 'restructuredtext', 'latex'])
const CONFIG_LANGUAGES: ReadonlySet<string | undefined> = new Set([
  'yaml',
  'json',
  'toml',
  'docker',
  'nix',
  'terraform',
  'make',
])
const TEST_PATH =
  /(?:^|[/\\])(?:tests?|__tests__|spec|e2e)[/\\]|[._-](?:test|spec)s?\.\w+$|(?:^|[/\\])test_[^/\\]+\.py$|_test\.\w+$/i
const DOC_PATH = /(?:^|[/\\])(?:docs?|documentation)[/\\]|\.txt$/i
const CONFIG_PATH =
  /(?:^|[/\\])\.(?:github|gitlab|vscode|husky|ci)[/\\]|(?:^|[/\\])\.[^/\\]+rc$|\.(?:ini|cfg|conf|env|properties|lock)$|\.config\.\w+$/i

/** Which part of a project a file belongs to, by its path alone. */
export function areaOf(path: string): FileArea {
  if (TEST_PATH.test(path)) return 'test'
  const language = languageOf(path)
  if (DOC_LANGUAGES.has(language) || DOC_PATH.test(path)) return 'docs'
  if (CONFIG_LANGUAGES.has(language) || CONFIG_PATH.test(path)) return 'config'
  return 'source'
}
