/** Where the ledger is, for who has no time to load the rest: hooks and status lines. */
export { ledgerPath } from './ledger/ledger-path.ts'
export { thisMachine } from './machine.ts'
