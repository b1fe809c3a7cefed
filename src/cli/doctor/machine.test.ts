import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  lookAtClock,
  lookAtDescriptors,
  lookAtMigration,
  lookAtNode,
  lookAtProxies,
  lookAtSharedPorts,
} from './machine.ts'

test('doctor: an old Node is bad, a new one good', () => {
  assert.equal(lookAtNode('20.20.2').state, 'bad')
  assert.equal(lookAtNode('26.9.0').state, 'bad')
  assert.equal(lookAtNode('26.10.0').state, 'ok')
  assert.equal(lookAtNode('27.0.0').state, 'ok')
})

test('doctor: few descriptors are a warning that says what to set', () => {
  const limits = (soft: string): string =>
    `Limit  Soft Limit  Hard Limit  Units\nMax open files            ${soft}                 1048576              files\n`
  assert.equal(lookAtDescriptors(limits('1024')).state, 'warning')
  assert.match(lookAtDescriptors(limits('1024')).fix ?? '', /LimitNOFILE/)
  assert.equal(lookAtDescriptors(limits('65536')).state, 'ok')
  assert.equal(lookAtDescriptors(limits('unlimited')).state, 'ok')
})

test('doctor: a clock before the package was made is bad', () => {
  assert.equal(lookAtClock(Date.UTC(2001, 0, 1)).state, 'bad')
  assert.equal(lookAtClock().state, 'ok')
})

test('doctor: proxy variables are named, whatever their case', () => {
  assert.equal(lookAtProxies({}).state, 'ok')
  assert.match(lookAtProxies({ https_proxy: 'http://x' }).says, /HTTPS_PROXY/)
})

test('doctor: tcp_migrate_req off is a warning with the line that mends it', () => {
  assert.equal(lookAtMigration('1').state, 'ok')
  assert.match(lookAtMigration('0').fix ?? '', /sysctl net\.ipv4\.tcp_migrate_req=1/)
})

test('doctor: shared ports are tried, not guessed', async () => {
  assert.equal((await lookAtSharedPorts()).state, process.platform === 'linux' ? 'ok' : 'warning')
})
