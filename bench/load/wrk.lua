-- wrk … http://127.0.0.1:PORT -- METHOD BODY-BYTES NUMBER-OF-HEADERS NAME:VALUE… PATH…
-- Goes round the paths with requests made once, and prints one JSON line of results.
local requests, index = {}, 0

function init(args)
  local method, size, count = args[1], tonumber(args[2]), tonumber(args[3])
  local headers = {
    ['User-Agent'] = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
    ['Accept'] = 'application/json',
    ['Accept-Language'] = 'en-US,en;q=0.5',
  }
  local body = nil
  if size > 0 then
    headers['Content-Type'] = 'application/json'
    body = '"' .. string.rep('x', size - 2) .. '"'
  end
  for i = 4, 3 + count do
    local name, value = args[i]:match('^([^:]+):(.*)$')
    headers[name] = value
  end
  for i = 4 + count, #args do
    requests[#requests + 1] = wrk.format(method, args[i], headers, body)
  end
end

function request()
  index = index % #requests + 1
  return requests[index]
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format(
    '{"requests":%d,"bytes":%d,"duration":%d,"p50":%.0f,"p99":%.0f,"max":%.0f,"failures":%d,"detail":"connect %d, read %d, write %d, timeout %d, status %d"}\n',
    summary.requests, summary.bytes, summary.duration, latency:percentile(50), latency:percentile(99), latency.max,
    e.connect + e.read + e.write + e.timeout + e.status, e.connect, e.read, e.write, e.timeout, e.status))
end
