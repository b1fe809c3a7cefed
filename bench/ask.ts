import { get } from 'node:http'

/** One answer. */
export interface Asked {
  readonly status: number
  readonly body: string
}

/** One GET on a connection of its own; rejects when there is no answer within 5 s. */
export function ask(port: number, path: string): Promise<Asked> {
  return new Promise((resolve, reject) => {
    const request = get(
      { host: '127.0.0.1', port, path, agent: false, timeout: 5000, headers: { 'User-Agent': 'gwanmun-bench' } },
      (answer) => {
        let body = ''
        answer.setEncoding('utf8').on('data', (text: string) => (body += text))
        answer.once('end', () => resolve({ status: answer.statusCode ?? 0, body }))
        answer.once('error', reject)
      },
    )
    request.once('timeout', () => request.destroy(new Error(`no answer to GET ${path}`)))
    request.once('error', reject)
  })
}
