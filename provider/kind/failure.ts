// What a check of inputs finds, in a file without imports: the declarations of the package's entry point name it.

/** An invalid input. */
export interface Failure {
  /** Path of the input, for example `cdroms[0].bootPriority`. */
  property: string;
  reason: string;
}
