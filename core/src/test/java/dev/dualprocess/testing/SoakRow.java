package dev.dualprocess.testing;

/**
 * One line of the soak's table.
 *
 * @param what was tried
 * @param tried how often
 * @param refused with one line that says why
 * @param accepted with a result that is right
 * @param aborted or ended in any other way
 * @param overTime took longer than it may
 * @param overMemory took more memory than it may
 */
public record SoakRow(
    String what,
    long tried,
    long refused,
    long accepted,
    long aborted,
    long overTime,
    long overMemory) {
  static final String HEADING =
      """
      | what | tried | refused | accepted | aborted | over time | over memory |
      |---|---:|---:|---:|---:|---:|---:|
      """;

  /** A row of things that all either went right or did not. */
  public static SoakRow of(String what, long tried, long accepted) {
    return new SoakRow(what, tried, 0, accepted, tried - accepted, 0, 0);
  }

  /** As it stands in the table. */
  String line() {
    return "| %s | %,d | %,d | %,d | %,d | %,d | %,d |"
        .formatted(what, tried, refused, accepted, aborted, overTime, overMemory);
  }
}
