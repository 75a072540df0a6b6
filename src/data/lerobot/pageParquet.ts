import initParquet from 'parquet-wasm'
import wasmUrl from 'parquet-wasm/esm/parquet_wasm_bg.wasm?url'

/** Loads the parquet encoder in a page or worker, before the first file is written; Node has its own build. */
export async function startParquet(): Promise<void> {
  await initParquet({ module_or_path: wasmUrl })
}
