import { z } from 'zod'
import {
  booleanParameter,
  choiceParameter,
  integerParameter,
  layersParameter,
  numberParameter,
  type ParameterValues,
} from './parameters.ts'
import { codeFields } from './specpruneCodeParameters.ts'

const parts = 'Parts'
const actionLevel = 'Action level'
const layerLevel = 'Layer level'
const controller = 'Controller'

/** Every constant of SpecPrune; the defaults are the preset `paper-v3`. Sizes are per view of 256 tokens. */
export const specpruneParameters = z.object({
  global: booleanParameter({
    group: parts,
    title: 'Global set',
    help: 'Keeps what the previous query attended to in its middle and last layers (paper, section 4.2).',
    default: true,
  }),
  dynamic: booleanParameter({
    group: parts,
    title: 'Dynamic set',
    help: 'Keeps the patches whose pixels changed most (paper, section 4.2).',
    default: true,
  }),
  local: booleanParameter({
    group: parts,
    title: 'Local set',
    help: 'Keeps what the first layers of this query attend to (paper, section 4.2).',
    default: true,
  }),
  layerLevel: booleanParameter({
    group: parts,
    title: 'Layer level',
    help: 'Removes more tokens at a few deeper layers (paper, section 4.3).',
    default: true,
  }),
  controller: booleanParameter({
    group: parts,
    title: 'Action-aware controller',
    help: 'Switches to fine mode when the gripper approaches something slowly (paper, section 4.4); off: always coarse.',
    default: true,
  }),
  replan: booleanParameter({
    group: parts,
    title: 'Replan',
    help: 'Throws the rest of a chunk away when fine mode begins (paper, section 4.4).',
    default: true,
  }),
  scoreRows: choiceParameter({
    group: parts,
    title: 'Score rows',
    help: 'Whose attention scores the visual tokens: the words (paper, Eq. 1) or the action queries (newer code).',
    options: ['text', 'action'],
    default: 'text',
  }),

  staticLayer: integerParameter({
    group: actionLevel,
    title: 'Removal after layer',
    help:
      'Layer of this model after which all tokens outside the sets are removed; the paper says 2. ' +
      '0 removes before layer 1, without a local set; it wants dense refresh.',
    min: 0,
    max: 32,
    default: 2,
  }),
  localLayers: layersParameter({
    group: actionLevel,
    title: 'Local layers',
    help: 'Layers of this model, up to the removal, whose best tokens form the local set; the paper says 1 and 2.',
    max: 32,
    default: [1, 2],
  }),
  localTokens: integerParameter({
    group: actionLevel,
    title: 'Local K, coarse',
    help: 'Best tokens per local layer and 256-token view in coarse mode: K_L = 24 in paper v1 (times alpha) and v3.',
    min: 0,
    max: 256,
    default: 24,
  }),
  localTokensFine: integerParameter({
    group: actionLevel,
    title: 'Local K, fine',
    help: 'The same in fine mode: 40 in paper v1 (times alpha); v3 only says more than in coarse mode.',
    min: 0,
    max: 256,
    default: 40,
  }),
  alpha: numberParameter({
    group: actionLevel,
    title: 'Local scale alpha',
    help: 'Multiplies both local K. Paper v1 sets 0.6 to 1.0 by suite; here 1, because 24 is the size that v3 prints.',
    min: 0.1,
    max: 2,
    step: 0.1,
    default: 1,
  }),
  alphaRule: choiceParameter({
    group: actionLevel,
    title: 'Alpha from',
    help:
      'Suite: paper v1, main text (spatial 1, goal 0.8, object and long 0.6). Suite-appendix: its appendix, which disagrees ' +
      '(long 1, goal 0.8, object and spatial 0.6). Fixed, and other suites: the number above.',
    options: ['fixed', 'suite', 'suite-appendix'],
    default: 'fixed',
  }),
  globalTokens: integerParameter({
    group: actionLevel,
    title: 'Global K',
    help: 'Tokens of the previous query per 256-token view: K_G = 30 in paper v1 and v3.',
    min: 0,
    max: 256,
    default: 30,
  }),
  globalLayers: layersParameter({
    group: actionLevel,
    title: 'Global layers (of 32)',
    help: 'Layers whose attention is inherited, in a 32-layer model, scaled by depth: 15 and 32 in paper v3.',
    max: 32,
    scaled: true,
    default: [15, 32],
  }),
  globalCombine: choiceParameter({
    group: actionLevel,
    title: 'Global K is',
    help: 'Shared: each layer gives K / layers tokens (the code). Each: every layer gives K. The paper leaves it open.',
    options: ['shared', 'each'],
    default: 'shared',
  }),
  dynamicTokens: integerParameter({
    group: actionLevel,
    title: 'Dynamic K',
    help: 'At most this many changed patches per 256-token view, least similar first: K_D = 20 in paper v3.',
    min: 0,
    max: 256,
    default: 20,
  }),
  similarityThreshold: numberParameter({
    group: actionLevel,
    title: 'Similarity threshold tau',
    help: 'Only patches whose cosine with the earlier frame lies below this count as changed. Not printed; the code has 0.986.',
    min: 0,
    max: 1,
    step: 0.001,
    default: 0.986,
  }),
  lookBackBase: numberParameter({
    group: actionLevel,
    title: 'Look-back b',
    help: 'In T = floor(b + k v) + 4 control steps: 7 in paper v3, 22/3 in v1.',
    min: 0,
    max: 20,
    step: 0.1,
    default: 7,
  }),
  lookBackSlope: numberParameter({
    group: actionLevel,
    title: 'Look-back k',
    help: 'Shortens the look-back with the distance v moved since the previous query: -1 in paper v3, -16/18 in v1.',
    min: -10,
    max: 0,
    step: 0.1,
    default: -1,
  }),
  lookBackOffset: integerParameter({
    group: actionLevel,
    title: 'Look-back offset',
    help: 'Steps added to the rounded look-back: 4 in paper v1 and v3.',
    min: 0,
    max: 20,
    default: 4,
  }),
  lookBackMax: integerParameter({
    group: actionLevel,
    title: 'Longest look-back',
    help: 'Cap of the look-back. The paper has none (64 is out of reach); the code has 6.',
    min: 1,
    max: 64,
    default: 64,
  }),

  staticCount: integerParameter({
    group: actionLevel,
    title: 'Fixed count (0 = off)',
    help:
      'Visual tokens of 512 that the removal keeps, whatever the sets hold: the union first, filled up or cut by score. ' +
      'A graph with SpecPrune inside needs it; 0 keeps the union as it is, as the paper does. Our choice.',
    min: 0,
    max: 512,
    default: 0,
  }),

  stageLayers: layersParameter({
    group: layerLevel,
    title: 'Stages (of 32)',
    help: 'Layers of a 32-layer model after which tokens go, scaled by depth: 5, 10, 15, 20 in the appendix of paper v1.',
    max: 32,
    scaled: true,
    default: [5, 10, 15, 20],
  }),
  dropShare: numberParameter({
    group: layerLevel,
    title: 'Share dropped per stage',
    help: 'Lowest share of the surviving visual tokens that a stage removes: 10 % in the appendix of paper v1.',
    min: 0,
    max: 0.9,
    step: 0.05,
    default: 0.1,
  }),
  minimumTokens: integerParameter({
    group: layerLevel,
    title: 'Minimum tokens',
    help: 'Visual tokens of 512 that always stay, at both levels. Not in the paper; the code keeps 60.',
    min: 1,
    max: 512,
    default: 60,
  }),
  rankSlope: numberParameter({
    group: layerLevel,
    title: 'Rank slope k',
    help: 'In the rank weight sigma(-k rank). Not printed; the newer code has 1. Near 10 / tokens it grades all ranks.',
    min: 0,
    max: 2,
    step: 0.01,
    default: 1,
  }),
  confidence: choiceParameter({
    group: layerLevel,
    title: 'Layer confidence',
    help:
      'Entropy: 1 / (H + eps) (paper v2, v3). Deviation: mean / (deviation + eps) (v1). ' +
      'Normalised-entropy: 1 / (H / ln n + eps) (newer code). None: all layers count alike.',
    options: ['entropy', 'deviation', 'normalised-entropy', 'none'],
    default: 'entropy',
  }),
  averageWeight: numberParameter({
    group: layerLevel,
    title: 'Average weight beta',
    help: 'Weight of the newest layer in the moving average of scores: 0.2 in paper v1 and v3.',
    min: 0.01,
    max: 1,
    step: 0.01,
    default: 0.2,
  }),

  fineTranslation: numberParameter({
    group: controller,
    title: 'Fine below speed v_t',
    help: 'Translation of an action (1 = largest step) below which fine mode may begin. Not printed; the newer code has 0.35.',
    min: 0,
    max: 2,
    step: 0.05,
    default: 0.35,
  }),
  fineRotation: numberParameter({
    group: controller,
    title: 'Fine below rotation v_r',
    help: 'Rotation of an action below which fine mode may begin. Not printed; the code has 0.2.',
    min: 0,
    max: 2,
    step: 0.05,
    default: 0.2,
  }),
  leaveRule: choiceParameter({
    group: controller,
    title: 'Fine mode ends by',
    help:
      'Lift: dz or rotation above the exits below (the code). Lift-at-end: rotation counts only after the last action of a ' +
      'chunk (the code to the letter). Speed: v_t or v_r above their thresholds (the paper).',
    options: ['lift', 'speed', 'lift-at-end'],
    default: 'lift',
  }),
  exitRise: numberParameter({
    group: controller,
    title: 'Exit above dz',
    help: 'Upward motion that ends fine mode. Not printed; the code has 0.2.',
    min: 0,
    max: 1,
    step: 0.05,
    default: 0.2,
  }),
  exitRotation: numberParameter({
    group: controller,
    title: 'Exit above rotation',
    help: 'Rotation that ends fine mode. Not printed; the code has 0.3.',
    min: 0,
    max: 2,
    step: 0.05,
    default: 0.3,
  }),

  budget: numberParameter({
    group: 'Budget',
    title: 'Budget instead of sizes (0 = off)',
    help:
      'Visual tokens averaged over layers, as a share of dense: scales all sets and, where it must, moves the removal ' +
      'forward. Our choice, to compare methods at equal cost.',
    min: 0,
    max: 1,
    step: 0.01,
    default: 0,
  }),
  ...codeFields,
})

export type SpecpruneValues = ParameterValues<typeof specpruneParameters>
