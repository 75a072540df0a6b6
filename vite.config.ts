import react from '@vitejs/plugin-react'
import { defaultClientConditions, defineConfig } from 'vite'

/** Cross-origin isolation: without it the browser gives no shared memory, so wasm runs on one thread. */
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
}

export default defineConfig({
  // Relative addresses: the build works from any folder of any static host.
  base: './',
  plugins: [react()],
  resolve: {
    // The self-contained form of onnxruntime-web loads the app's own worker chunk as its thread script and hangs.
    conditions: ['onnxruntime-web-use-extern-wasm', ...defaultClientConditions],
  },
  worker: { format: 'es' },
  build: { target: 'esnext', chunkSizeWarningLimit: 1200 },
  // Both find their .wasm beside themselves, which pre-bundling would break.
  optimizeDeps: { exclude: ['onnxruntime-web', '@mujoco/mujoco'] },
  server: { headers: isolation },
  preview: { headers: isolation },
})
