import { compareChunks } from '../../core/metrics/agreement.ts'
import { decodeFloats, decodeIds } from '../../core/schema/base64.ts'
import { ACTION_SIZE } from '../../core/schema/observation.ts'
import type { QueryRecord, RunRecord } from '../../core/schema/runRecord.ts'

/** Why a frame is worth looking at. */
export type MomentKind = 'disagreement' | 'gripper' | 'mode' | 'churn'

export interface MomentReason {
  kind: MomentKind
  /** For people, for example `largest disagreement with dense: 12.1 mm`. */
  text: string
}

/** A frame worth looking at. */
export interface Moment {
  frame: number
  reasons: readonly MomentReason[]
}

/** What moments are found in. */
export interface MomentSource {
  /** Undefined: only what the recording itself shows. */
  run: RunRecord | undefined
  /** Recorded actions, `[frames, 7]`; undefined: gripper events are not known. */
  actions: Float32Array | undefined
}

/** Of the measures that every query has a value of, this many of the largest are moments. */
const LARGEST = 3
const GRIPPER = 6
const ORDINALS = ['largest', 'second largest', 'third largest'] as const

/**
 * Frames worth looking at, ascending, each once with all its reasons: the queries that disagree most with the dense
 * policy (or whose grippers do), gripper events of the recording, changes of the controller's mode, and the queries
 * whose first kept set differs most from the query before (Jaccard distance).
 */
export function findMoments({ run, actions }: MomentSource): Moment[] {
  const found: [frame: number, reason: MomentReason][] = [
    ...(run ? [...disagreements(run), ...modeSwitches(run.queries), ...churn(run.queries)] : []),
    ...(actions ? gripperEvents(actions) : []),
  ]
  const byFrame = new Map<number, MomentReason[]>()
  for (const [frame, reason] of found) byFrame.set(frame, [...(byFrame.get(frame) ?? []), reason])
  return [...byFrame].map(([frame, reasons]) => ({ frame, reasons })).sort((a, b) => a.frame - b.frame)
}

/** The moment before or after a frame; undefined at the ends. */
export function neighbourMoment(moments: readonly Moment[], frame: number, direction: 1 | -1): Moment | undefined {
  return direction > 0 ? moments.find((moment) => moment.frame > frame) : moments.findLast((m) => m.frame < frame)
}

/** All reasons of a moment in one line. */
export function describeMoment({ reasons }: Moment): string {
  return reasons.map(({ text }) => text).join(' · ')
}

type Found = [frame: number, reason: MomentReason]

function disagreements({ queries, executeSteps }: RunRecord): Found[] {
  const compared = queries.flatMap(({ step, chunk, denseChunk }) => {
    // An imported file may hold chunks of two models.
    if (denseChunk?.length !== chunk.length || chunk === '') return []
    const { translationMm, gripperAgreement } = compareChunks(
      decodeFloats(chunk),
      decodeFloats(denseChunk),
      executeSteps,
    )
    return [{ step, translationMm, gripperAgreement }]
  })
  const distances = largest(compared, ({ translationMm }) => translationMm).map(
    ({ step, translationMm }, rank): Found => [
      step,
      { kind: 'disagreement', text: `${ORDINALS[rank]} disagreement with dense: ${translationMm.toPrecision(3)} mm` },
    ],
  )
  const grippers = compared
    .filter(({ gripperAgreement }) => gripperAgreement < 1)
    .map(({ step, gripperAgreement }): Found => [
      step,
      {
        kind: 'disagreement',
        text: `gripper differs from dense in ${Math.round((1 - gripperAgreement) * 100)} % of steps`,
      },
    ])
  return [...distances, ...grippers]
}

function gripperEvents(actions: Float32Array): Found[] {
  const found: Found[] = []
  for (let at = ACTION_SIZE; at + GRIPPER < actions.length; at += ACTION_SIZE) {
    const opens = actions[at + GRIPPER] >= 0
    if (opens === actions[at - ACTION_SIZE + GRIPPER] >= 0) continue
    found.push([at / ACTION_SIZE, { kind: 'gripper', text: opens ? 'gripper opens' : 'gripper closes' }])
  }
  return found
}

function modeSwitches(queries: readonly QueryRecord[]): Found[] {
  return queries.flatMap(({ step, notes: { mode } }, i): Found[] => {
    const before = i > 0 ? queries[i - 1].notes.mode : undefined
    if (mode === undefined || before === undefined || mode === before) return []
    return [[step, { kind: 'mode', text: `${mode} mode begins` }]]
  })
}

function churn(queries: readonly QueryRecord[]): Found[] {
  const changes = queries.flatMap(({ step, decisions }, i) => {
    const now = decisions.at(0)?.keep
    const before = i > 0 ? queries[i - 1].decisions.at(0)?.keep : undefined
    if (now === undefined || before === undefined || now === before) return []
    return [{ step, share: jaccardDistance(decodeIds(before), decodeIds(now)) }]
  })
  return largest(changes, ({ share }) => share).map(({ step, share }, rank): Found => [
    step,
    { kind: 'churn', text: `${ORDINALS[rank]} change of the kept set: ${Math.round(share * 100)} %` },
  ])
}

/** 1 minus the share of common ids among all; 0 for two empty sets. */
function jaccardDistance(a: Int32Array, b: Int32Array): number {
  const known = new Set(a)
  const common = b.reduce((count, id) => count + (known.has(id) ? 1 : 0), 0)
  const all = a.length + b.length - common
  return all === 0 ? 0 : 1 - common / all
}

/** The largest values above 0; of equal ones the earlier comes first. */
function largest<T>(items: readonly T[], valueOf: (item: T) => number): T[] {
  return items
    .filter((item) => valueOf(item) > 0)
    .sort((a, b) => valueOf(b) - valueOf(a))
    .slice(0, LARGEST)
}
