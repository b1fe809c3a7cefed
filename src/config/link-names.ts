import type { Finding } from './finding.ts'
import { allUnits, type Parts } from './parts.ts'
import { sectionWords } from './scalar-words.ts'
import type { Reference } from './scope.ts'
import type { Sources } from './source.ts'
import { nearest } from '../lib/nearest.ts'
import { certainName } from './certain-name.ts'

/** Names that two files declare: one space for all files (config.md §14). */
export const doubleNames = (parts: Parts, sources: Sources): Finding[] => {
  const findings: Finding[] = []
  for (const section of ['services', 'routes', 'policies'] as const) {
    const first = allUnits(parts, section)
    for (const file of parts.included) {
      for (const unit of file.parts.units[section]) {
        const other = first.get(unit.name)
        if (other === undefined || other === unit) continue
        const origin = sources.origin(other.place)
        findings.push({
          severity: 'error',
          ...unit.place,
          code: 'GW1203',
          message: `${sectionWords[section] ?? section} ${JSON.stringify(unit.name)} is declared twice`,
          help: `the first one is at ${origin.file}:${origin.line}; rename one of them`,
          path: `${section}.${unit.name}`,
        })
      }
    }
  }
  return findings
}

/** References to names that nothing declares. Sections that could not be read are not held against anybody. */
export const danglingNames = (
  references: readonly Reference[],
  parts: Parts,
  listeners: readonly string[],
): Finding[] => {
  const declared = new Map<string, ReadonlySet<string>>([
    ['services', new Set(allUnits(parts, 'services').keys())],
    ['policies', new Set(allUnits(parts, 'policies').keys())],
    ['routes', new Set(allUnits(parts, 'routes').keys())],
    ['listeners', new Set(listeners)],
  ])
  const files = [parts.main, ...parts.included.map((one) => one.parts)]
  if (files.some((file) => file.unread)) return []
  const doubtful = new Set(files.flatMap((file) => [...file.doubtful]))
  const findings: Finding[] = []
  const suggested = new Map<string, { readonly near: string; readonly sure: boolean } | undefined>()
  for (const reference of references) {
    const names = declared.get(reference.section)
    if (names === undefined || names.has(reference.name) || doubtful.has(reference.section)) continue
    const asked = `${reference.section} ${reference.name}`
    // Names beyond the first hundreds get no suggestion: comparing all with all would take seconds.
    if (!suggested.has(asked))
      suggested.set(asked, suggested.size < 300 ? suggestName(reference.name, names) : undefined)
    const { near, sure = false } = suggested.get(asked) ?? {}
    const word = sectionWords[reference.section] ?? reference.section
    findings.push({
      severity: 'error',
      source: reference.source,
      start: reference.start,
      end: reference.end,
      code: 'GW1201',
      message: `no ${word} is named ${JSON.stringify(reference.name)}`,
      help: near === undefined ? helpWithout(word, reference.section, names) : `did you mean "${near}"?`,
      path: reference.path,
      ...(near !== undefined && sure ? { fix: { from: reference.name, to: near } } : {}),
    })
  }
  return findings
}

const suggestName = (
  name: string,
  names: ReadonlySet<string>,
): { readonly near: string; readonly sure: boolean } | undefined => {
  const near = nearest(name, names)
  return near === undefined ? undefined : { near, sure: certainName(name, names) === near }
}

const helpWithout = (word: string, section: string, names: ReadonlySet<string>): string => {
  if (names.size === 0) return `declare it under ${section}`
  const list = [...names]
  return `${word}s are ${list.slice(0, 8).join(', ')}${list.length > 8 ? ' …' : ''}`
}

/** Names of these sections that nothing uses; asked only when there are no errors, which would make it guesswork. */
export const unusedNames = (
  references: readonly Reference[],
  parts: Parts,
  sections: readonly ('services' | 'policies')[],
): Finding[] => {
  const findings: Finding[] = []
  for (const section of sections) {
    const used = new Set(
      references.filter((reference) => reference.section === section).map((reference) => reference.name),
    )
    for (const unit of allUnits(parts, section).values()) {
      if (used.has(unit.name)) continue
      findings.push({
        severity: 'warning',
        ...unit.place,
        code: 'GW2001',
        message: `${sectionWords[section] ?? section} ${JSON.stringify(unit.name)} is not used`,
        help: 'Remove it, or use it in a route.',
        path: `${section}.${unit.name}`,
      })
    }
  }
  return findings
}
