import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort, untilListening } from '../ports.ts'
import { others, routeNames, type Peer, type RunningPeer, type Setup } from './peer.ts'

/**
 * The fields of the gateway's own access record. `traceparent` has a constant span id, since nginx has one random
 * number a request and not two; that is in its favour.
 */
const logFormat = `'{"time":"$time_iso8601","level":"info","msg":"request","requestId":"$request_id","traceId":"$request_id",'
    '"listener":"main","client":"$remote_addr","method":"$request_method","scheme":"$scheme","host":"$host","path":"$uri","query":"$args",'
    '"protocol":"$server_protocol","status":$status,"route":"$route","service":"$service","target":"$upstream_addr",'
    '"requestBytes":$request_length,"responseBytes":$bytes_sent,"duration":$request_time,"serviceTime":"$upstream_response_time",'
    '"attempts":"$upstream_status","userAgent":"$http_user_agent"}'`

function location(name: string, service: string): string {
  return `    location /${name}/ { set $route ${name}; set $service ${service}; proxy_pass http://${service}; }\n`
}

function config({ session: { folder }, target, routes, workers, label }: Setup, port: number): string {
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
    proxy_buffer_size 8k;
    proxy_buffers 8 32k;
    proxy_max_temp_file_size 0;
    add_header X-Request-Id $request_id;
${routeNames(routes)
  .map((name) => location(name, 'small'))
  .join('')}${others.map(({ name, service }) => location(name, service)).join('')}  }
}
`
}

/** nginx with one worker, the gateway's log fields and forwarding headers, buffered log, kept connections on both sides. */
export const nginx: Peer = {
  name: 'nginx',
  version: () => execFileSync('sh', ['-c', 'nginx -v 2>&1'], { encoding: 'utf8' }).replace('nginx version: ', '').trim(),
  async start(setup: Setup): Promise<RunningPeer> {
    const { session, label } = setup
    const port = await freePort()
    const path = join(session.folder, label)
    writeFileSync(`${path}.conf`, config(setup, port))
    const child = session.children.start(label, 'nginx', ['-e', `${path}-errors.log`, '-c', `${path}.conf`])
    await untilListening(child, port)
    return { label, child, port, log: `${path}.log`, warmUp: 1, end: () => child.end() }
  },
}
