/** One static check of the tree: gives one line for each thing that is wrong, empty when all is well. */
export interface Check {
  run(): readonly string[] | Promise<readonly string[]>
}
