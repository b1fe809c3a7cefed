import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort, untilListening } from '../ports.ts'
import { others, routeNames, type Peer, type RunningPeer, type Setup } from './peer.ts'

/** The fields of the gateway's own access record. */
const logFormat = `'{"time":"$time_iso8601","id":"$request_id","status":$status,"method":"$request_method","host":"$host","path":"$request_uri",'
    '"listener":"main","route":"$route","service":"$service","target":"$upstream_addr","client":"$remote_addr","source":"service",'
    '"ms":$request_time,"serviceMs":"$upstream_response_time","bytesIn":"$content_length","bytesOut":$body_bytes_sent,'
    '"attempts":"$upstream_status","traceId":"$request_id","userAgent":"$http_user_agent","protocol":"$server_protocol"}'`

function location(name: string, service: string): string {
  return `    location /${name}/ { set $route ${name}; set $service ${service}; proxy_pass http://${service}; }\n`
}

function config({ session: { folder }, target, routes, workers, label }: Setup, port: number, buffers: string): string {
  const path = join(folder, label)
  const upstream = (name: keyof typeof target): string =>
    `  upstream ${name} { server 127.0.0.1:${target[name]}; keepalive 256; keepalive_requests 1000000000; keepalive_time 24h; keepalive_timeout 1h; }\n`
  return `daemon off;
worker_processes ${workers};
worker_rlimit_nofile 20000;
pid ${path}.pid;
error_log ${path}-errors.log warn;
events { worker_connections 16384; }
http {
  log_format record escape=json ${logFormat};
  access_log ${path}.log record buffer=64k flush=1s;
  client_body_temp_path ${path}-body;
  proxy_temp_path ${path}-proxy;
  fastcgi_temp_path ${path}-fastcgi;
  uwsgi_temp_path ${path}-uwsgi;
  scgi_temp_path ${path}-scgi;
  keepalive_requests 1000000000;
  keepalive_timeout 1h;
  keepalive_time 24h;
  client_max_body_size 0;
  tcp_nodelay on;
${upstream('small')}${upstream('answers')}${upstream('big')}${upstream('sink')}  server {
    listen 127.0.0.1:${port} backlog=4096;
    set $route ''; set $service '';
    proxy_http_version 1.1;
    proxy_set_header Connection '';
    proxy_set_header X-Forwarded-For $remote_addr;
    proxy_set_header X-Forwarded-Proto $scheme;
    proxy_set_header X-Forwarded-Host $http_host;
    proxy_set_header X-Forwarded-Port $server_port;
    proxy_set_header Via '1.1 nginx';
    proxy_set_header X-Request-Id $request_id;
    proxy_set_header traceparent 00-$request_id-b7ad6b7169203331-01;
    proxy_request_buffering off;
    proxy_max_temp_file_size 0;
${buffers}    add_header X-Request-Id $request_id;
${routeNames(routes)
  .map((name) => location(name, 'small'))
  .join('')}${others.map(({ name, service }) => location(name, service)).join('')}  }
}
`
}

function create(name: string, buffers: string): Peer {
  return {
    name,
    version: () =>
      execFileSync('sh', ['-c', 'nginx -v 2>&1'], { encoding: 'utf8' }).replace('nginx version: ', '').trim(),
    async start(setup: Setup): Promise<RunningPeer> {
      const { session, label } = setup
      const port = await freePort()
      const path = join(session.folder, label)
      writeFileSync(`${path}.conf`, config(setup, port, buffers))
      const child = session.children.start(label, 'nginx', ['-e', `${path}-errors.log`, '-c', `${path}.conf`])
      await untilListening(child, port)
      return { label, child, port, log: `${path}.log`, warmUp: 1, end: () => child.end() }
    },
  }
}

/**
 * nginx with one worker, the gateway's log fields and forwarding headers, buffered log, kept connections on both sides,
 * and its own sizes of buffers. Half of its `traceparent` is constant, since it has one random number a request and not two; that is in its favour.
 */
export const nginx: Peer = create('nginx', '')

/** The same with buffers of 64 KB, with which big bodies cost it a third of what they cost with its own. */
export const nginx64k: Peer = create(
  'nginx-64k',
  '    proxy_buffer_size 64k;\n    proxy_buffers 8 64k;\n    client_body_buffer_size 64k;\n',
)
