import { describeParameters, type ParameterValue } from './parameters.ts'
import { findSelector, type Method, parseMethod, resolveParameters } from './registry.ts'

/**
 * Reads methods separated by commas, each as {@link parseMethod} does: `dense,random:keep=0.3,specprune:paper-v3`.
 * A part that begins with a digit goes on with a list of layers: `specprune:globalLayers=15,32,dense`.
 * @throws if a method, preset or parameter does not exist, or if a method stands there twice
 */
export function parseMethodList(text: string): Method[] {
  const texts: string[] = []
  for (const part of text.split(',')) {
    const previous = texts.at(-1)
    if (previous?.includes('=') && /^\d/.test(part.trim())) texts[texts.length - 1] = `${previous},${part.trim()}`
    else texts.push(part.trim())
  }
  const repeated = texts.find((entry, index) => texts.indexOf(entry) !== index)
  if (repeated !== undefined) throw new Error(`The method "${repeated}" is named twice.`)
  if (texts.includes('')) throw new Error('A method is missing: two commas, or a comma at an end.')
  return texts.map(parseMethod)
}

/** A name for what a method does: equal for two spellings of the same settings, different for all others. */
export function methodKey(method: Method): string {
  const definition = findSelector(method.id)
  const values = resolveParameters(definition, method.preset, method.values) as Record<string, ParameterValue>
  const names = describeParameters(definition.parameters).map(({ name }) => name)
  return `${method.id}?${names.map((name) => `${name}=${JSON.stringify(values[name])}`).join('&')}`
}
