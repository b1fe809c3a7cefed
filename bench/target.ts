import { join } from 'node:path'
import { truncateSync, writeFileSync } from 'node:fs'
import { freePort, untilListening } from './ports.ts'
import type { Session } from './session.ts'

/** Ports of 127.0.0.1 behind which the services stand that every peer proxies to. */
export interface Target {
  /** Answers everything with 100 bytes of text. */
  readonly small: number
  /** Answers everything, bodies included, with 16 KB. */
  readonly answers: number
  /** Streams a file of `bigBytes`. */
  readonly big: number
  /** Takes bodies of any length and answers with their length; `?wait=N` answers after N ms. */
  readonly sink: number
}

/** Body of the small answer. */
const smallBody: string = '{"id":42,"name":"a small answer","state":"ready"}'.padEnd(100, ' ')
/** Length of the big file. */
export const bigBytes: number = 100 * 1024 * 1024

const kilobyte = 'sixteen bytes...'.repeat(64)

/**
 * nginx answers from memory (6 µs of CPU for a small answer, as cheap as a socket loop that does not even parse) and
 * with sendfile; only the upload sink is ours, since nginx answers before the body has come.
 */
export async function startTarget(session: Session): Promise<Target> {
  const { folder } = session
  const [small, answers, big] = [await freePort(), await freePort(), await freePort()]
  // A file of holes: takes no disk, and is read from the page cache like any other.
  writeFileSync(join(folder, 'big.bin'), '')
  truncateSync(join(folder, 'big.bin'), bigBytes)
  writeFileSync(
    join(folder, 'target.conf'),
    `daemon off;
worker_processes 1;
worker_rlimit_nofile 20000;
pid ${folder}/target.pid;
error_log ${folder}/target-errors.log warn;
events { worker_connections 16384; }
http {
  access_log off;
  client_body_temp_path ${folder}/target-body;
  proxy_temp_path ${folder}/target-proxy;
  fastcgi_temp_path ${folder}/target-fastcgi;
  uwsgi_temp_path ${folder}/target-uwsgi;
  scgi_temp_path ${folder}/target-scgi;
  keepalive_requests 1000000000;
  keepalive_timeout 1h;
  keepalive_time 24h;
  sendfile on;
  tcp_nodelay on;
  map $scheme $kilobyte { default '${kilobyte}'; }
  server {
    listen 127.0.0.1:${small} backlog=4096;
    default_type application/json;
    location / { return 200 '${smallBody}'; }
  }
  server {
    listen 127.0.0.1:${answers} backlog=4096;
    default_type application/json;
    location / { return 200 '${'$kilobyte'.repeat(16)}'; }
  }
  server {
    listen 127.0.0.1:${big} backlog=4096;
    default_type application/octet-stream;
    root ${folder};
    location / { rewrite ^ /big.bin break; }
  }
}
`,
  )
  const nginx = session.children.start('target', 'nginx', [
    '-e',
    join(folder, 'target-errors.log'),
    '-c',
    join(folder, 'target.conf'),
  ])
  const sink = session.children.start('sink', process.execPath, [join(import.meta.dirname, 'target/sink.ts')])
  const sinkPort = await new Promise<number>((resolve, reject) => {
    sink.onLine((line) => resolve(Number(line)))
    void sink.ended.then(() => reject(new Error(`The upload sink ended:\n${sink.lastWords()}`)))
  })
  await untilListening(nginx, small)
  return { small, answers, big, sink: sinkPort }
}
