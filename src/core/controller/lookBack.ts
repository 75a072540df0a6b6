/** Constants of the look-back formula. */
export interface LookBackSettings {
  /** b */
  lookBackBase: number
  /** k, negative: the faster the motion, the nearer the frame to compare with. */
  lookBackSlope: number
  /** Control steps added after rounding down. */
  lookBackOffset: number
  /** No look-back is longer than this. */
  lookBackMax: number
}

/**
 * How many control steps back the dynamic set looks: floor(b + k v) + offset, clamped to 1 ... lookBackMax.
 * The clamp at 1 is ours: the formula goes below zero for fast motion, where the reference code reads a wrong frame.
 * @param speed v, the norm of the translation executed since the previous query, in action units
 */
export function lookBackSteps(speed: number, settings: LookBackSettings): number {
  const steps = Math.floor(settings.lookBackBase + settings.lookBackSlope * speed) + settings.lookBackOffset
  return Math.max(1, Math.min(steps, settings.lookBackMax))
}

/**
 * The frame to compare with: the one `steps` back or, where the episode is younger, the oldest there is.
 * @param steps wished number of control steps back, at least 1
 * @param available control steps since the episode began
 * @param frameAt the frame some steps back, or undefined
 * @returns the frame and its distance; undefined if there is no earlier frame at all
 */
export function findEarlierFrame<T>(
  steps: number,
  available: number,
  frameAt: (stepsBack: number) => T | undefined,
): { frame: T; stepsBack: number } | undefined {
  for (let stepsBack = Math.min(steps, available); stepsBack >= 1; stepsBack--) {
    const frame = frameAt(stepsBack)
    if (frame !== undefined) return { frame, stepsBack }
  }
  return undefined
}
