import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { exit, Stop } from '../exit.ts'
import { flag, port, text } from '../flag.ts'
import { defineVerb, type Verb } from '../verb.ts'

/** `gwanmun proxy <path>=<url>…`. */
export const proxy: Verb = defineVerb({
  name: 'proxy',
  summary: 'Runs a gateway without a file: each path goes to a URL',
  details:
    'A path takes all below it, and the URL is asked for the same path. With --save the same is written to a file, which then runs and is watched: there stripPrefix and rewrite change what is asked for.',
  words: [{ name: 'routes', says: '<path>=<url>; a URL alone takes every path', required: true, many: true }],
  flags: {
    port: port('Port of the gateway. Default: 8080, or the next free one'),
    adminPort: port('Port of the admin API. Default: 9901, or the next free one'),
    save: text('<file>', 'Writes the configuration to this file'),
    force: flag('Writes over the file of --save'),
    cors: flag('Lets pages of any origin read the answers'),
  },
  examples: [
    'gwanmun proxy http://localhost:3000',
    'gwanmun proxy /=http://localhost:3000 /api=http://localhost:4000 --cors',
    'gwanmun proxy /=http://localhost:3000 --save gateway.yaml',
  ],
  async run({ words, flags, global, terminal }) {
    const { proxyConfig, proxyRoutes } = await import('../proxy-config.ts')
    const routes = proxyRoutes(words)
    const { choosePort } = await import('../choose-port.ts')
    const { temporaryFolder } = await import('../temporary-folder.ts')
    const { launch } = await import('../launch.ts')
    if (flags.save !== undefined && existsSync(flags.save) && !flags.force) {
      throw new Stop(
        exit.failure,
        `${flags.save} is there already`,
        'Choose another file, or write over it with --force.',
      )
    }
    if (flags.save !== undefined && !/\.ya?ml$/.test(flags.save))
      throw new Stop(exit.usage, `--save ${flags.save}: the file is YAML`, 'Name it gateway.yaml.')
    const host = '127.0.0.1'
    const gateway = await choosePort(
      { name: 'The gateway', given: flags.port, usual: 8080, host, flag: '--port' },
      terminal,
    )
    const admin = await choosePort(
      { name: 'The admin API', given: flags.adminPort, usual: 9901, host, flag: '--admin-port' },
      terminal,
    )
    const folder = temporaryFolder('gwanmun-proxy')
    const file = flags.save ?? join(folder, 'gateway.yaml')
    writeFileSync(file, proxyConfig(routes, { port: gateway, admin, cors: flags.cors }))
    return launch(
      {
        mode: 'proxy',
        file,
        shown: flags.save ?? 'none (write one with --save gateway.yaml)',
        watch: flags.save !== undefined,
        port: gateway,
        adminPort: admin,
        state: join(folder, 'state'),
        global,
        tries: (url) => routes.slice(0, 3).map((route) => `curl ${url}${route.path.replace(/\/?\*$/, '/')}`),
      },
      terminal,
    )
  },
})
