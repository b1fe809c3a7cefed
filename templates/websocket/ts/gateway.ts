import { defineConfig } from 'gwanmun'

export default defineConfig({
  listeners: { main: 8080 },
  services: { app: 'http://localhost:3000', live: 'http://localhost:3001' },
  routes: {
    app: { path: '/*', service: 'app', websocket: 'none' },
    sockets: {
      path: '/socket/*',
      methods: 'GET',
      service: 'live',
      websocket: { origins: ['https://app.example.com', 'http://localhost:3000'], idle: '10m', maxAge: '12h' },
    },
    // An event stream is never buffered; only its silence is limited.
    events: { path: '/events/*', methods: 'GET', service: 'live', timeout: { idle: '15m' } },
  },
})
