import { defineConfig } from 'gwanmun'

export default defineConfig({
  listeners: { main: 8080 },
  services: { site: 'http://localhost:3000', api: 'http://localhost:4000' },
  defaults: {
    securityHeaders: { frame: 'DENY', referrer: 'strict-origin-when-cross-origin' },
    compress: true,
  },
  routes: {
    site: { path: '/*', service: 'site' },
    assets: {
      path: '/assets/*',
      methods: 'GET',
      service: 'site',
      headers: { response: { set: { 'Cache-Control': 'public, max-age=31536000, immutable' } } },
    },
    api: { path: '/api/*', service: 'api', stripPrefix: true, timeout: '10s', bodyLimit: '1MB' },
    robots: {
      path: '/robots.txt',
      respond: { headers: { 'Content-Type': 'text/plain' }, body: 'User-agent: *\nDisallow: /api/\n' },
    },
    oldBlog: { path: '/blog/*', redirect: { to: 'https://blog.example.com/{*}', status: 301 } },
  },
})
