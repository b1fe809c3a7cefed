import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ExitCode } from '../exit.ts'
import { flag, port } from '../flag.ts'
import type { GlobalFlags } from '../global-flags.ts'
import type { RunningService } from '../demo/serve.ts'
import type { Terminal } from '../terminal.ts'
import { defineVerb, type Verb } from '../verb.ts'

const startServices = async (random: boolean): Promise<RunningService[]> => {
  const { serve } = await import('../demo/serve.ts')
  const { createOrders } = await import('../demo/orders.ts')
  const { createPayments } = await import('../demo/payments.ts')
  const { createDelivery } = await import('../demo/delivery.ts')
  return Promise.all(
    [createOrders(), createPayments(), createDelivery()].map((service, index) =>
      serve(service, random ? 0 : 4001 + index),
    ),
  )
}

interface DemoFlags {
  readonly port: number | undefined
  readonly adminPort: number | undefined
  readonly noTraffic: boolean
}

const runDemo = async (flags: DemoFlags, global: GlobalFlags, terminal: Terminal): Promise<ExitCode> => {
  const { choosePort } = await import('../choose-port.ts')
  const { demoConfig } = await import('../demo/demo-config.ts')
  const { temporaryFolder } = await import('../temporary-folder.ts')
  const { launch } = await import('../launch.ts')
  const host = '127.0.0.1'
  const gateway = await choosePort(
    { name: 'The gateway', given: flags.port, usual: 8080, host, flag: '--port' },
    terminal,
  )
  const admin = await choosePort(
    { name: 'The admin API', given: flags.adminPort, usual: 9901, host, flag: '--admin-port' },
    terminal,
  )
  const services = await startServices(gateway === 0)
  const folder = temporaryFolder('gwanmun-demo')
  const file = join(folder, 'gateway.yaml')
  writeFileSync(file, demoConfig(gateway, services))
  let traffic: { stop(): void } | undefined
  try {
    return await launch(
      {
        mode: 'demo',
        file,
        shown: file,
        watch: true,
        port: gateway,
        adminPort: admin,
        state: join(folder, 'state'),
        global,
        tries: (url) => [
          `curl ${url}/orders/1`,
          `curl ${url}/orders -d '{"customer":"Ida"}' -H 'Content-Type: application/json'`,
          `curl -N ${url}/delivery/1/events`,
          `curl -i ${url}/ordrs/1`,
        ],
        async ready(listening) {
          const [first] = listening
          if (flags.noTraffic || first === undefined) return
          const { startTraffic } = await import('../demo/traffic.ts')
          traffic = startTraffic(first, 4)
        },
      },
      terminal,
    )
  } finally {
    traffic?.stop()
    await Promise.all(services.map((service) => service.close()))
  }
}

/** `gwanmun demo`. */
export const demo: Verb = defineVerb({
  name: 'demo',
  summary: 'Runs a gateway with three pretend services and some traffic: nothing else is needed',
  details: 'The configuration is a file in a temporary folder, named in the banner: change it while it runs.',
  flags: {
    port: port('Port of the gateway. Default: 8080, or the next free one'),
    adminPort: port('Port of the admin API. Default: 9901, or the next free one'),
    noTraffic: flag('Sends no requests by itself'),
  },
  examples: ['gwanmun demo', 'gwanmun demo --port 9000 --no-traffic'],
  run: ({ flags, global, terminal }) => runDemo(flags, global, terminal),
})
