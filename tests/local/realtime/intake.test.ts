/*
 * A client that sends without end is read at its pace, whoever else pauses it, and what it sent is not lost.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { Intake } from '../../../local/services/realtime/channels/intake.ts'

function reading(bytesPerSecond: number) {
  const socket = { isRead: true }
  const intake = new Intake(
    {
      pause() {
        socket.isRead = false
      },
      resume() {
        socket.isRead = true
      },
    },
    bytesPerSecond,
  )
  return { socket, intake }
}

it('reads what a second holds at once, and then waits for what is beyond', async () => {
  const { socket, intake } = reading(10_000)
  intake.take(10_000)
  expect(socket.isRead).toBe(true)
  intake.take(500)
  expect(socket.isRead).toBe(false)
  await expect.poll(() => socket.isRead).toBe(true)
})

it('goes on when nobody pauses any longer', async () => {
  const { socket, intake } = reading(10_000)
  intake.pause()
  intake.take(10_500)
  await sleep(100)
  expect(socket.isRead).toBe(false)
  intake.resume()
  expect(socket.isRead).toBe(true)
})
