import type * as Ort from 'onnxruntime-web'
import asyncifyMjs from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url'
import asyncifyWasm from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url'
import jspiMjs from 'onnxruntime-web/ort-wasm-simd-threaded.jspi.mjs?url'
import jspiWasm from 'onnxruntime-web/ort-wasm-simd-threaded.jspi.wasm?url'
import plainMjs from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url'
import plainWasm from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url'
import type { OrtApi } from '../ort.ts'

/**
 * Loads onnxruntime for the processor. The thread count is global and fixed at the first session: a worker that wants
 * another count must be a new worker.
 */
export async function loadWasmOrt(threads: number): Promise<OrtApi> {
  return configure(await import('onnxruntime-web/wasm'), plainMjs, plainWasm, threads)
}

/** Loads onnxruntime with the native WebGPU provider; the smaller build where WebAssembly can suspend. */
export async function loadGpuOrt(): Promise<OrtApi> {
  if ('Suspending' in WebAssembly) return configure(await import('onnxruntime-web/jspi'), jspiMjs, jspiWasm, 1)
  return configure(await import('onnxruntime-web/webgpu'), asyncifyMjs, asyncifyWasm, 1)
}

function configure(ort: typeof Ort, mjs: string, wasm: string, threads: number): OrtApi {
  const absolute = (url: string) => new URL(url, globalThis.location.href).href
  ort.env.wasm.wasmPaths = { mjs: absolute(mjs), wasm: absolute(wasm) }
  ort.env.wasm.numThreads = threads
  ort.env.logLevel = 'error'
  return ort
}
