/** A figure of the page as a file of its own: colours written out, with its size and name space. */
export function standaloneSvg(figure: SVGSVGElement): string {
  const style = getComputedStyle(figure)
  const { width, height } = figure.viewBox.baseVal ?? { width: 640, height: 300 }
  const copy = figure.cloneNode(true) as SVGSVGElement
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg')
  copy.setAttribute('width', String(width))
  copy.setAttribute('height', String(height))
  const text = new XMLSerializer().serializeToString(copy)
  return text.replace(/var\((--[\w-]+)\)/g, (_, name: string) => style.getPropertyValue(name).trim() || 'currentColor')
}
