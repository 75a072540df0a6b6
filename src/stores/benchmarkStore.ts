import { create } from 'zustand'
import type { DeviceInfo } from '../core/schema/runRecord.ts'
import type { BenchmarkSample } from '../runtime/protocol.ts'

export type BenchmarkStatus =
  | { status: 'idle' }
  | { status: 'running' }
  | { status: 'done' }
  | { status: 'aborted' }
  | { status: 'failed'; message: string }

/** What a measurement was made of; printed with its numbers. */
export interface BenchmarkSubject {
  method: string
  model: string
  episode: string
  device: DeviceInfo
  softwareAdapter: boolean
  rounds: number
  /** ISO 8601. */
  startedAt: string
}

export interface BenchmarkState {
  state: BenchmarkStatus
  subject: BenchmarkSubject | undefined
  samples: readonly BenchmarkSample[]
}

export interface BenchmarkActions {
  start(subject: BenchmarkSubject): void
  addSample(sample: BenchmarkSample): void
  finish(state: BenchmarkStatus): void
}

const DEFAULTS: BenchmarkState = { state: { status: 'idle' }, subject: undefined, samples: [] }

/** The latest latency measurement on this device. */
export const useBenchmarkStore = create<BenchmarkState & BenchmarkActions>((set) => ({
  ...DEFAULTS,
  start: (subject) => set({ state: { status: 'running' }, subject, samples: [] }),
  addSample: (sample) => set((state) => ({ samples: [...state.samples, sample] })),
  finish: (state) => set({ state }),
}))
