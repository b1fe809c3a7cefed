/** `npm run build`: what ships. JavaScript and declarations of `src/` in `dist/`; the source itself runs unbuilt. */
import { cpSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { runCommand } from './run-command.ts'
import { root } from './tree.ts'

const target = join(root, 'dist')
rmSync(target, { recursive: true, force: true })
const { code, output } = await runCommand(join(root, 'node_modules/.bin/tsc'), ['-p', 'tsconfig.build.json'])
if (code !== 0) {
  console.error(output)
  process.exit(1)
}
// Files that are read and not imported: pages of the admin port and the like.
cpSync(join(root, 'src'), target, {
  recursive: true,
  filter: (path) => !/\.(?:ts|md)$/.test(path) && !/\/fixtures(?:\/|$)/.test(path),
})
console.log(`dist: ${readdirSync(target, { recursive: true }).length} files`)
