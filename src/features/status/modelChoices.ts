import type { ModelIndex } from '../../core/schema/modelIndex.ts'

/** A policy that can be chosen. */
export interface OfferedModel {
  id: string
  title: string
}

/**
 * The policies that are served, and the present one where the address names one that is not listed.
 * @param loadedTitle what the present one calls itself, once it is loaded
 */
export function offeredModels(
  index: ModelIndex | undefined,
  presentId: string | undefined,
  loadedTitle: string | undefined,
): OfferedModel[] {
  const listed: readonly OfferedModel[] = index?.models ?? []
  if (presentId === undefined || listed.some(({ id }) => id === presentId)) return [...listed]
  return [{ id: presentId, title: loadedTitle ?? presentId }, ...listed]
}
