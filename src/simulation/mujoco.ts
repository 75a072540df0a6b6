import loadModule, { type MainModule } from '@mujoco/mujoco'

/** The compiled MuJoCo module. One instance serves any number of environments. */
export type Mujoco = MainModule

/** How to find `mujoco.wasm` where the default (beside the module's own script) does not hold. */
export interface MujocoOptions {
  /** URL of `mujoco.wasm`, for example Vite's `import wasmUrl from '@mujoco/mujoco/mujoco.wasm?url'`. */
  wasmUrl?: string
}

let loading: Promise<Mujoco> | undefined

/**
 * Loads MuJoCo once per thread; later calls share the first result, whatever their options.
 * A failed load is forgotten, so that a caller may try again.
 * @throws (rejects) when the wasm file cannot be fetched or compiled.
 */
export function loadMujoco(options: MujocoOptions = {}): Promise<Mujoco> {
  loading ??= instantiate(options).catch((error: unknown) => {
    loading = undefined
    throw error
  })
  return loading
}

function instantiate({ wasmUrl }: MujocoOptions): Promise<Mujoco> {
  if (wasmUrl === undefined) return loadModule()
  return loadModule({ locateFile: (file: string) => (file.endsWith('.wasm') ? wasmUrl : file) })
}

/**
 * Whether a view into wasm memory is still usable: growing the memory detaches every earlier view.
 */
export function isLive(view: Float64Array | Int32Array): boolean {
  return view.length > 0
}
