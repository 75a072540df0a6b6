import wasmUrl from '@mujoco/mujoco/mujoco.wasm?url'

/** Address of MuJoCo's WebAssembly in a built page; Node finds its own copy. */
export const MUJOCO_WASM_URL = wasmUrl
