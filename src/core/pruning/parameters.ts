import { z } from 'zod'

/** Parameters of a method: a flat zod object whose fields were made by the functions below. */
export type ParameterSchema = z.ZodObject<Record<string, z.ZodType>>

/** A checked value of a parameter. */
export type ParameterValue = number | boolean | string | readonly number[]

/** Checked values of all parameters. */
export type ParameterValues<S extends ParameterSchema = ParameterSchema> = z.infer<S>

interface CommonMeta {
  title: string
  /** One sentence: what it does and where its default is printed. */
  help: string
  /** Heading under which the panel shows it, for example "Action level". */
  group: string
}

/** What a panel, a command line or a link needs to know about one parameter. */
export type ParameterDescription = CommonMeta & { name: string } & (
    | { kind: 'number'; min: number; max: number; step: number; default: number }
    | { kind: 'boolean'; default: boolean }
    | { kind: 'choice'; options: readonly string[]; default: string }
    /** Ascending 1-based layers of this model; `scaled`: of a 32-layer model, at the same relative depth. */
    | { kind: 'layers'; max: number; scaled?: boolean; default: readonly number[] }
  )

type Distribute<T> = T extends unknown ? Omit<T, 'name'> : never
type StoredDescription = Distribute<ParameterDescription>

const descriptions = z.registry<StoredDescription>()

/** A number on a slider. */
export function numberParameter(options: CommonMeta & { min: number; max: number; step: number; default: number }) {
  const schema = z.number().min(options.min).max(options.max).default(options.default)
  descriptions.add(schema, { kind: 'number', ...options })
  return schema
}

/** A whole number on a slider. */
export function integerParameter(options: CommonMeta & { min: number; max: number; default: number }) {
  const schema = z.int().min(options.min).max(options.max).default(options.default)
  descriptions.add(schema, { kind: 'number', step: 1, ...options })
  return schema
}

/** An on/off switch. */
export function booleanParameter(options: CommonMeta & { default: boolean }) {
  const schema = z.boolean().default(options.default)
  descriptions.add(schema, { kind: 'boolean', ...options })
  return schema
}

/** One of a few words. */
export function choiceParameter<const T extends readonly [string, ...string[]]>(
  options: CommonMeta & { options: T; default: T[number] },
) {
  const schema = z.enum(options.options).default(options.default as z.core.util.NoUndefined<T[number]>)
  descriptions.add(schema, { kind: 'choice', ...options })
  return schema
}

/** A set of layers: ascending, without repetition, 1 ... max. */
export function layersParameter(options: CommonMeta & { max: number; scaled?: boolean; default: readonly number[] }) {
  const schema = z
    .array(z.int().min(1).max(options.max))
    .readonly()
    .refine((layers) => layers.every((layer, i) => i === 0 || layer > layers[i - 1]), 'layers must ascend')
    .default(options.default)
  descriptions.add(schema, { kind: 'layers', ...options })
  return schema
}

/** Descriptions of all parameters, in declaration order. @throws if a field was not made by this module. */
export function describeParameters(schema: ParameterSchema): ParameterDescription[] {
  return Object.entries(schema.shape).map(([name, field]) => {
    const description = descriptions.get(field)
    if (!description) throw new Error(`Parameter ${name} has no description; declare it with parameters.ts.`)
    return { name, ...description }
  })
}

/** Default values of all parameters. */
export function defaultParameters<S extends ParameterSchema>(schema: S): ParameterValues<S> {
  return schema.parse({})
}

/**
 * One value from text, as the command line (`--set key=value`) and links write it: `0.9`, `true`, `text`, `5,10,15`.
 * @throws with the parameter's name and what it accepts.
 */
export function parseParameterText(description: ParameterDescription, text: string): ParameterValue {
  const fail = (expected: string): never => {
    throw new Error(`${description.name}: expected ${expected}, got "${text}".`)
  }
  switch (description.kind) {
    case 'number': {
      const value = text.trim() === '' ? Number.NaN : Number(text)
      const whole = description.step === 1 && Number.isInteger(description.min)
      const valid = value >= description.min && value <= description.max && (!whole || Number.isInteger(value))
      return valid ? value : fail(`a ${whole ? 'whole ' : ''}number from ${description.min} to ${description.max}`)
    }
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : fail('true or false')
    case 'choice':
      return description.options.includes(text) ? text : fail(`one of ${description.options.join(', ')}`)
    case 'layers': {
      const layers = text === '' ? [] : text.split(',').map(Number)
      const valid = layers.every(
        (layer, i) =>
          Number.isInteger(layer) && layer >= 1 && layer <= description.max && (i === 0 || layer > layers[i - 1]),
      )
      return valid ? layers : fail(`ascending layers from 1 to ${description.max}, separated by commas`)
    }
  }
}

/** The text that {@link parseParameterText} reads back to the same value. */
export function formatParameterText(value: ParameterValue): string {
  return typeof value === 'object' ? value.join(',') : String(value)
}
