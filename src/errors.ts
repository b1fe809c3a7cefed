/**
 * Every code the gateway gives out: HTTP status (0 where no client sees it), title, cause and fix. One table; each
 * code has a page in `docs/reference/errors`, made from here.
 * Families: 10xx file, 11xx value, 12xx reference, 13xx routing, 14xx environment, 15xx online, 20xx warning, 4xxn refusals,
 * 5xxn service side, 60xx process.
 */
export interface ErrorEntry {
  readonly status: number
  readonly title: string
  readonly cause: string
  readonly fix: string
}

const entry = (status: number, title: string, cause: string, fix: string): ErrorEntry => ({ status, title, cause, fix })

/** Every code; adding one is adding it here and in the table. */
// oxfmt-ignore
export type ErrorCode =
  | 'GW1001' | 'GW1002' | 'GW1003' | 'GW1004' | 'GW1005' | 'GW1006' | 'GW1007' | 'GW1008' | 'GW1009' | 'GW1010'
  | 'GW1101' | 'GW1102' | 'GW1103' | 'GW1104' | 'GW1105' | 'GW1106' | 'GW1107' | 'GW1108' | 'GW1109' | 'GW1110' | 'GW1111' | 'GW1112'
  | 'GW1201' | 'GW1202' | 'GW1203'
  | 'GW1301' | 'GW1302' | 'GW1303' | 'GW1304' | 'GW1305'
  | 'GW1401' | 'GW1402' | 'GW1403'
  | 'GW1501' | 'GW1502' | 'GW1503'
  | 'GW2001' | 'GW2002' | 'GW2003' | 'GW2031' | 'GW2004' | 'GW2005'
  | 'GW4000' | 'GW4001' | 'GW4002' | 'GW4003' | 'GW4004' | 'GW4005' | 'GW4006' | 'GW4007' | 'GW4031' | 'GW4041' | 'GW4051' | 'GW4081' | 'GW4092' | 'GW4093' | 'GW4011' | 'GW4042' | 'GW4043' | 'GW4121' | 'GW4292' | 'GW5035'
  | 'GW4131' | 'GW4141' | 'GW4171' | 'GW4151'
  | 'GW4211' | 'GW4261' | 'GW4262' | 'GW4221'
  | 'GW4311'
  | 'GW4991'
  | 'GW5001' | 'GW5002' | 'GW5011' | 'GW5051' | 'GW5021' | 'GW5022' | 'GW5023' | 'GW5024' | 'GW5025' | 'GW5026' | 'GW5027' | 'GW5028' | 'GW5029' | 'GW5031' | 'GW5032' | 'GW5033' | 'GW5034' | 'GW5041' | 'GW5042' | 'GW5043' | 'GW5081'
  | 'GW6001' | 'GW6002' | 'GW6003' | 'GW6004' | 'GW6005' | 'GW6006'

// oxfmt-ignore
export const errors: Readonly<Record<ErrorCode, ErrorEntry>> = {
  // 10xx: the file
  GW1001: entry(0, 'The file is not valid YAML', 'The text breaks the syntax of YAML 1.2.', 'Mend the marked place; a missing bracket, quote or a tab is the usual reason.'),
  GW1002: entry(0, 'A key is written twice', 'YAML itself would silently keep only the last one.', 'Join the two, or rename one.'),
  GW1003: entry(0, 'The file cannot be read', 'It does not exist, or may not be read.', 'Check the path and its permissions.'),
  GW1004: entry(0, 'Two configurations', 'The folder holds more than one of gateway.yaml, gateway.ts and gateway.json.', 'Keep one, or name it with --config.'),
  GW1005: entry(0, 'No configuration', 'The folder holds no gateway.yaml, gateway.ts or gateway.json.', 'Run gwanmun init, or name a file with --config.'),
  GW1006: entry(0, 'The configuration code failed', 'Importing the file threw an error, or its default export is no configuration.', 'Mend the code; export default defineConfig({ … }).'),
  GW1007: entry(0, 'Not allowed in this file', 'An included file or an overlay holds a section that belongs to the main file.', 'Move it to the main file.'),
  GW1008: entry(0, 'Outside its bounds', 'A route of an included file matches something its include does not grant.', 'Change the route, or the bounds of the include.'),
  GW1009: entry(0, 'YAML feature not allowed', 'Merge keys, tags, several documents or too many aliases.', 'Write it out, or use a bundle under policies.'),
  GW1010: entry(0, 'Pattern too wide', 'An include names files by a pattern that leads through too many folders, a whole disk perhaps.', 'Begin the pattern with the folder that holds the files.'),
  // 11xx: a value
  GW1101: entry(0, 'Unknown key', 'The grammar has no such key here.', 'Take the suggested one, or remove it.'),
  GW1102: entry(0, 'Wrong kind of value', 'A text stands where a number is wanted, or the like.', 'Write the kind that the message names.'),
  GW1103: entry(0, 'Not a valid value', 'The text does not have the form its type asks for.', 'Write it in the form the message shows.'),
  GW1104: entry(0, 'Target without a scheme', 'A target is a URL.', 'Put http:// or https:// before it.'),
  GW1105: entry(0, 'Missing key', 'The key is required here.', 'Add it.'),
  GW1106: entry(0, 'Not one of the choices', 'The value is a word that this key does not know.', 'Take one of the listed ones.'),
  GW1107: entry(0, 'Out of range', 'The number is smaller or larger than allowed.', 'Choose one inside the range.'),
  GW1108: entry(0, 'Not available yet', 'The grammar knows this key; this version does not do it yet.', 'Remove it, or watch the changelog.'),
  GW1109: entry(0, 'Not a linear expression', 'Back-references, look-around, large counted repeats, and in replace an alternative that reads far past the match of another, can take unbounded time.', 'Rewrite the expression without them.'),
  GW1110: entry(0, 'Template not understood', 'A placeholder is unknown, or not known where it stands.', 'Take one of the roots of the reference, at a place where it is known.'),
  GW1111: entry(0, 'Not a name', 'Names are a letter and then letters, digits, _ and -, at most 64.', 'Rename it.'),
  GW1112: entry(0, 'Quote it', 'YAML reads the text as something else.', 'Put the text in single quotes.'),
  // 12xx: references
  GW1201: entry(0, 'Nothing has that name', 'The name is not declared in its section.', 'Take the suggested one, or declare it.'),
  GW1202: entry(0, 'Policy not allowed here', 'A policy stands at a level where it cannot work.', 'Move it to a route, defaults, a bundle or global, as its reference says.'),
  GW1203: entry(0, 'Name used twice', 'Two files declare the same name.', 'Rename one of them.'),
  // 13xx: routing
  GW1301: entry(0, 'Route can never match', 'Another route takes all of its requests.', 'Give one of them other methods, host or path, or set priority.'),
  GW1302: entry(0, 'Action missing or doubled', 'A route has exactly one action.', 'Keep one of service, respond, redirect, handler.'),
  GW1303: entry(0, 'Listener not stated', 'There are several listeners, so a route must say which.', 'Set listener on the route or in defaults.'),
  GW1304: entry(0, 'Not a path pattern', 'The pattern breaks the rules of paths.', 'Begin with / or ~, one parameter a segment, * only at the end.'),
  GW1305: entry(0, 'Contradiction', 'Two keys exclude each other.', 'Keep one of them.'),
  // 14xx: environment
  GW1401: entry(0, 'Variable not set', 'An environment variable that the file names is not set.', 'Export it, put it in .env, or give a default: ${NAME:-value}.'),
  GW1402: entry(0, 'File of a value missing', 'A file named by ${file:…} cannot be read.', 'Check the path.'),
  GW1403: entry(0, 'Package missing', 'A feature needs an optional package that is not installed.', 'Run the install line of the message.'),
  // 15xx: what the network says
  GW1501: entry(0, 'Name of a target does not resolve', 'The host name of a target has no address here, or no name server answered in time.', 'Check the name, /etc/hosts and /etc/resolv.conf; the machine that runs the gateway may know other names.'),
  GW1502: entry(0, 'Target cannot be reached', 'No connection to the target could be opened: nothing listens there, something drops the packets, or the socket is not there.', 'Start the service, mend the target, or open the way through firewalls.'),
  GW1503: entry(0, 'Target not tried', 'There was no time left to try every target.', 'Mend the targets that do not answer, which take the most time, and run it again.'),
  // 20xx: warnings
  GW2001: entry(0, 'Declared and not used', 'Nothing refers to it.', 'Remove it, or use it.'),
  GW2002: entry(0, 'Policy without effect', 'The policy can do nothing where it stands.', 'Remove it, or move it.'),
  GW2003: entry(0, 'Time limits contradict', 'A part may take longer than the whole.', 'Shorten the part or lengthen the whole.'),
  GW2004: entry(0, 'Taken literally', 'The path writes a parameter as other gateways do; here it is only text.', 'Write {id} for a segment and /* for the rest; ~ and an expression when the text itself is meant.'),
  GW2005: entry(0, 'Nothing to serve', 'The configuration has no routes, so every request is answered with 404.', 'Add a route, or run gwanmun init for an example.'),
  GW2031: entry(0, 'Routes of equal rank', 'Only their names decide which one wins.', 'Set priority, or make one more specific.'),
  // 4xxn: the gateway refuses
  GW4000: entry(400, 'Malformed request', 'The message breaks HTTP/1.1 framing or syntax (RFC 9112).', 'Mend the client; the detail says what broke.'),
  GW4001: entry(400, 'Bad path', 'The path holds an encoded slash, backslash, NUL, broken escape or a dot segment with parameters.', 'Send a plain path, or set encodedSlash: pass on the route.'),
  GW4002: entry(400, 'Bad Host', 'The Host field is missing, repeated or not a host.', 'Send exactly one valid Host.'),
  GW4003: entry(400, 'Bad field', 'A header field is not allowed: an underscore alias, an identity field or a broken value.', 'Remove or rename the field; names with an underscore pass where the listener has underscoreHeaders: pass or drop.'),
  GW4004: entry(400, 'Value missing', 'A path or URL that the gateway builds needs a value this request does not have.', 'Send the value.'),
  GW4005: entry(400, 'Bad upgrade', 'An upgrade request has a body, no key or a wrong version.', 'Send a valid WebSocket handshake (RFC 6455 §4.1).'),
  GW4006: entry(400, 'Body malformed', 'The body broke its framing after its head was taken.', 'Mend the client.'),
  GW4031: entry(403, 'Denied', 'An allow or deny list refuses the request.', 'Ask the operator; gwanmun explain names the list.'),
  GW4041: entry(404, 'No route', 'No route takes this host and path.', 'Run gwanmun explain with the request.'),
  GW4051: entry(405, 'Method not allowed', 'A route takes the path, but not with this method.', 'Use one of the methods in Allow.'),
  GW4081: entry(408, 'Request too slow', 'The head or body did not arrive in time.', 'Send faster, or raise the timeouts of the listener.'),
  GW4131: entry(413, 'Body too large', 'The request body is over bodyLimit.', 'Send less, or raise bodyLimit.'),
  GW4141: entry(414, 'URI too long', 'The request target is over limits.uri.', 'Shorten it, or raise the limit.'),
  GW4171: entry(417, 'Expectation unknown', 'The only expectation is 100-continue.', 'Remove the Expect field.'),
  GW4211: entry(421, 'Misdirected', 'This listener does not serve that host.', 'Use the right address.'),
  GW4261: entry(426, 'Upgrade required', 'The route takes WebSocket upgrades only, or this version of the protocol is not spoken.', 'Send Sec-WebSocket-Version: 13.'),
  GW4262: entry(426, 'WebSocket switched off', 'The route does not take upgrades.', 'Set websocket on the route.'),
  GW4311: entry(431, 'Fields too large', 'The header fields are over limits.headerSize or limits.headers.', 'Send fewer or shorter fields.'),
  GW4991: entry(499, 'Client went away', 'The client closed before its answer was complete.', 'Nothing to do; seen in logs only.'),
  // 5xxn: the service side, and the gateway itself
  GW5001: entry(500, 'Gateway error', 'A policy or handler failed.', 'See the error in the log; the request id finds it.'),
  GW5002: entry(500, 'Field not valid', 'Code of a policy or handler wrote a field whose name is no token or whose value holds a line break, NUL or another control character.', 'Encode or strip what comes from outside before it becomes a field.'),
  GW5011: entry(501, 'Not implemented', 'The method or transfer coding is not known.', 'Use a known one.'),
  GW5051: entry(505, 'HTTP version', 'The version is not HTTP/1.0 or HTTP/1.1.', 'Speak HTTP/1.1.'),
  GW5021: entry(502, 'Connection refused', 'Nothing listens at the target.', 'Start the service, or mend its target.'),
  GW5022: entry(502, 'Connection cut', 'The target closed or reset the connection before a whole answer came.', 'Look at the service; gwanmun status shows its targets.'),
  GW5023: entry(502, 'Malformed answer', 'The target broke HTTP framing; the answer was not relayed.', 'Mend the service.'),
  GW5024: entry(502, 'Target unreachable', 'No way to the address.', 'Check network and firewall.'),
  GW5025: entry(502, 'Name not found', 'The host name of the target does not resolve.', 'Check the name.'),
  GW5026: entry(502, 'Answer too large', 'The head of the answer is over the limits.', 'Make the service send less.'),
  GW5027: entry(502, 'TLS failed', 'The TLS handshake with the target failed.', 'Check certificate and name.'),
  GW5028: entry(502, 'Bad upgrade answer', 'The target answered an upgrade with a wrong 101.', 'Mend the service.'),
  GW5029: entry(502, 'Service error', 'The service answered with an error status, and errors.services: problem replaced its body.', 'Look at the service; the status is its own.'),
  GW5031: entry(503, 'No target', 'All targets of the service are out.', 'gwanmun status shows why.'),
  GW5032: entry(503, 'No connection free', 'All connections to the target are busy and the queue is full or waited too long.', 'Raise pool, or make the service faster.'),
  GW5033: entry(503, 'Overloaded', 'The gateway sheds load to stay alive.', 'Try again after Retry-After.'),
  GW5034: entry(503, 'Shutting down', 'The gateway is draining.', 'Try again; another node answers.'),
  GW5041: entry(504, 'Connect timeout', 'The target did not accept a connection in time.', 'Check the target, or raise timeout.connect.'),
  GW5042: entry(504, 'Answer timeout', 'No head of an answer came in time.', 'Make the service faster, or raise timeout.total.'),
  GW5043: entry(504, 'Answer stalled', 'The answer stopped in the middle for longer than timeout.idle.', 'Look at the service.'),
  GW5081: entry(508, 'Loop', 'The request came through this gateway three times before: its Via field says so.', 'A target points back at the gateway; mend it.'),
  // admin
  GW4092: entry(409, 'Owned by the file', 'The configuration belongs to a file.', 'Change the file and reload.'),
  GW4093: entry(409, 'Configuration cannot be shown', 'The configuration that runs was not read from the files as they are now: it is the last good one, or code or values it refers to have changed.', 'Reload, and ask again; gwanmun config print shows the files as they are.'),
  GW4011: entry(401, 'Token missing', 'The admin API asks for a token on this address.', 'Send Authorization: Bearer with a token of admin.tokens.'),
  GW4042: entry(404, 'No such resource', 'The admin API has no such path.', 'See /openapi.json.'),
  GW4043: entry(404, 'Request not kept', 'No access record with this id is kept. Control keeps the latest ones, from its own start on, and only of requests that are logged.', 'Look for the id in the access log; log.sample, log: none and telemetry.logs decide what is logged.'),
  GW4151: entry(415, 'JSON only', 'The admin API takes application/json (configurations also YAML).', 'Set Content-Type.'),
  GW4221: entry(422, 'Configuration refused', 'The configuration has errors; the running one stays.', 'See the diagnostics.'),
  GW4007: entry(400, 'Body not understood', 'The body of an admin request is not JSON of the documented shape.', 'See /openapi.json; the detail names the place.'),
  GW4121: entry(412, 'Changed meanwhile', 'The configuration is not the one that If-Match names.', 'Read it again, apply the change to it, and send that.'),
  GW4292: entry(429, 'Too many wrong tokens', 'The admin API slows down an address that guesses tokens.', 'Wait for Retry-After, then send the right token.'),
  GW5035: entry(503, 'Not ready', 'The gateway is starting, or a part of it does not answer.', 'Try again shortly.'),
  // 60xx: the process
  GW6001: entry(0, 'Port in use', 'Another process listens there.', 'Choose another port, or stop it.'),
  GW6002: entry(0, 'Port not allowed', 'Ports below 1024 need a privilege.', 'Choose another port, or grant CAP_NET_BIND_SERVICE.'),
  GW6003: entry(0, 'State folder not writable', 'The gateway runs without what it would keep there.', 'Make it writable, or set state.'),
  GW6004: entry(0, 'Worker lost', 'A worker ended unexpectedly and is replaced.', 'See the error before it in the log.'),
  GW6005: entry(0, 'Worker blocked', 'Code kept a worker from its loop.', 'Look at the step named in the log.'),
  GW6006: entry(0, 'Address not available', 'The address to bind does not exist on this machine.', 'Bind another address.'),
}
export const errorEntry = (code: ErrorCode): ErrorEntry => errors[code]
