/**
 * How well an action answers what was typed: 0 for not at all, else more for words of its title than for others, and
 * for beginnings of words than for their middles. Every typed word must occur: letters scattered over a title are no match.
 * @param search what was typed
 * @param keywords the action's title, then its other words
 */
export function rankAction(_id: string, search: string, [title, others]: readonly string[] = ['', '']): number {
  const typed = search.toLowerCase().split(/\s+/).filter(Boolean)
  const scores = typed.map((word) => Math.max(scoreIn(title, word), 0.5 * scoreIn(others, word)))
  if (scores.includes(0)) return 0
  return scores.reduce((sum, score) => sum + score, 0) / Math.max(1, scores.length)
}

function scoreIn(text: string, word: string): number {
  const at = text.toLowerCase().indexOf(word)
  if (at < 0) return 0
  if (at === 0) return 1
  return /[^\p{L}\p{N}]/u.test(text.charAt(at - 1)) ? 0.9 : 0.4
}
