import type { Command } from 'commander'
import { findSelector, selectorRegistry } from '../../src/core/pruning/registry.ts'
import { listMethods } from '../commands/methods.ts'
import { asUsage, type CommandIo } from './io.ts'

/** Adds `specprune methods`. */
export function addMethods(program: Command, io: CommandIo): void {
  program
    .command('methods')
    .description('Lists the pruning methods with their presets, or one with all its parameters.')
    .argument('[method]', 'id of one method')
    .option('--json', 'print one JSON object and nothing else', false)
    .action((id: string | undefined, { json }: { json: boolean }) => {
      listMethods(id === undefined ? selectorRegistry : [asUsage(() => findSelector(id))], json, io)
    })
}
