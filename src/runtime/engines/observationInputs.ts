import type { Manifest } from '../../core/schema/manifest.ts'
import { VIEW_IDS, type Observation, type RgbImage } from '../../core/schema/observation.ts'
import { readInstruction } from '../../core/tokens/instruction.ts'
import { fixedSegment } from '../../core/tokens/layout.ts'
import type { OrtApi, OrtTensor } from '../ort.ts'

/** Inputs of the dense graph and of the embedding graph. */
export type InputTensors = Record<'images' | 'words' | 'proprio', OrtTensor>

/** Turns observations into input tensors, in buffers that are made once and written at every query. */
export class ObservationInputs {
  readonly #input: Manifest['input']
  readonly #levels: Float32Array
  readonly #images: Float32Array
  readonly #words: Int32Array
  readonly #proprio: Float32Array
  readonly #tensors: InputTensors

  constructor(ort: OrtApi, manifest: Manifest) {
    const { imageSize, pixelScale, pixelOffset, proprio } = manifest.input
    const wordCount = fixedSegment(manifest.layout, 'text').count
    this.#input = manifest.input
    this.#levels = Float32Array.from({ length: 256 }, (_, byte) => (byte / 255) * pixelScale + pixelOffset)
    this.#images = new Float32Array(VIEW_IDS.length * 3 * imageSize * imageSize)
    this.#words = new Int32Array(wordCount)
    this.#proprio = new Float32Array(proprio.fields.length)
    this.#tensors = {
      images: new ort.Tensor('float32', this.#images, [VIEW_IDS.length, 3, imageSize, imageSize]),
      words: new ort.Tensor('int32', this.#words, [1, wordCount]),
      proprio: new ort.Tensor('float32', this.#proprio, [1, proprio.fields.length]),
    }
  }

  /**
   * Writes an observation into the tensors. They are valid until the next call.
   * @throws for people if a shape or a word does not fit the model.
   */
  write(observation: Observation): InputTensors {
    VIEW_IDS.forEach((view, index) => this.#writeImage(view, observation.images[view], index))
    this.#writeWords(observation.instruction)
    this.#writeProprio(observation.proprio)
    return this.#tensors
  }

  #writeImage(view: string, image: RgbImage, index: number): void {
    const size = this.#input.imageSize
    if (image.width !== size || image.height !== size) {
      throw new Error(`The ${view} image is ${image.width} x ${image.height}; the model takes ${size} x ${size}.`)
    }
    const pixels = size * size
    if (image.data.length !== pixels * 3) {
      throw new Error(`The ${view} image has ${image.data.length} bytes; ${pixels * 3} are needed (RGB, no alpha).`)
    }
    const [bytes, levels, planes] = [image.data, this.#levels, this.#images]
    const red = index * 3 * pixels
    const green = red + pixels
    const blue = green + pixels
    for (let pixel = 0, byte = 0; pixel < pixels; pixel++, byte += 3) {
      planes[red + pixel] = levels[bytes[byte]]
      planes[green + pixel] = levels[bytes[byte + 1]]
      planes[blue + pixel] = levels[bytes[byte + 2]]
    }
  }

  #writeWords(instruction: string): void {
    const language = { vocabulary: this.#input.vocabulary, slots: this.#words.length }
    const reading = readInstruction(instruction, language)
    if (reading.status === 'wrong') throw new Error(reading.message)
    this.#words.fill(0)
    this.#words.set(reading.ids)
  }

  #writeProprio(values: Float32Array): void {
    const { fields } = this.#input.proprio
    if (values.length !== fields.length) {
      throw new Error(
        `The proprioceptive state has ${values.length} values; the model takes ${fields.length} (${fields.join(', ')}).`,
      )
    }
    this.#proprio.set(values)
  }
}
