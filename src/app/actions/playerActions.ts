import { currentMoments } from '../../features/player/currentMoments.ts'
import { neighbourMoment } from '../../features/player/momentsModel.ts'
import { neighbourQuery } from '../../features/player/timelineModel.ts'
import type { Action } from '../../stores/actions.ts'
import { usePlayerStore } from '../../stores/playerStore.ts'
import type { PlayDirection } from '../../stores/playerStore.ts'
import { shownRun, useRunStore } from '../../stores/runStore.ts'

const player = usePlayerStore.getState

/** The transport: all of it needs a recording. */
export const PLAYER_ACTIONS: readonly Action[] = [
  action('player.play', 'Play or pause', ['Space'], () => (player().playing ? player().pause() : player().play())),
  action('player.forward', 'Play on, again for faster', ['l'], () => playOrFaster(1)),
  action('player.pause', 'Pause', ['k'], () => player().pause()),
  action('player.back', 'Play back, again for faster', ['j'], () => playOrFaster(-1)),
  action('player.frame-on', 'One frame on', ['ArrowRight'], () => player().step(1)),
  action('player.frame-back', 'One frame back', ['ArrowLeft'], () => player().step(-1)),
  action('player.ten-on', 'Ten frames on', ['Shift+ArrowRight'], () => player().step(10)),
  action('player.ten-back', 'Ten frames back', ['Shift+ArrowLeft'], () => player().step(-10)),
  action('player.first', 'First frame', ['Home'], () => goTo(0)),
  action('player.last', 'Last frame', ['End'], () => goTo(player().frameCount - 1)),
  action('player.next-query', 'Next query', ['.'], () => goToQuery(1)),
  action('player.previous-query', 'Previous query', [','], () => goToQuery(-1)),
  {
    ...action('player.next-moment', 'Next interesting moment', [']'], () => goToMoment(1)),
    words: 'disagreement gripper mode churn worst',
  },
  {
    ...action('player.previous-moment', 'Previous interesting moment', ['['], () => goToMoment(-1)),
    words: 'disagreement gripper mode churn worst',
  },
  action('player.faster', 'Play faster', ['>'], () => player().changeSpeed(1)),
  action('player.slower', 'Play slower', ['<'], () => player().changeSpeed(-1)),
  action('player.loop-start', 'Loop from here', ['i'], () => player().startLoopHere()),
  action('player.loop-end', 'Loop to here', ['o'], () => player().endLoopHere()),
  action('player.loop', 'Loop the whole episode, or stop looping', ['p'], toggleLoop),
]

function action(id: string, title: string, keys: readonly string[], run: () => void): Action {
  return { id, title, group: 'Player', keys, enabled: () => player().frameCount > 1, run }
}

function playOrFaster(direction: PlayDirection): void {
  const { playing, direction: current, play, changeSpeed } = player()
  if (playing && current === direction) changeSpeed(1)
  else play(direction)
}

function goTo(frame: number): void {
  player().pause()
  player().seek(frame)
}

function goToQuery(direction: 1 | -1): void {
  const queries = shownRun(useRunStore.getState())?.run.queries ?? []
  const target = neighbourQuery(queries, player().frame, direction)
  if (target !== undefined) goTo(target)
}

function goToMoment(direction: 1 | -1): void {
  const target = neighbourMoment(currentMoments(), player().frame, direction)
  if (target) goTo(target.frame)
}

function toggleLoop(): void {
  const { loop, setLoop, frameCount } = player()
  setLoop(loop ? undefined : { from: 0, to: frameCount - 1 })
}
