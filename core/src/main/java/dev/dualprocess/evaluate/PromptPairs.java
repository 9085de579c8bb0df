package dev.dualprocess.evaluate;

import java.io.IOException;
import java.util.List;

/** Reads the benchmark's records, CommonsenseT2I's format: a JSON array, or an object a line. */
public final class PromptPairs {
  /** The name by which users ask for the project's own records. */
  public static final String SAMPLE = "sample";

  private PromptPairs() {}

  /**
   * Those of a file, or the project's own by the name {@value #SAMPLE}.
   *
   * @throws IOException in one line, if it cannot be read or a record lacks something
   */
  public static List<PromptPair> read(String named) throws IOException {
    return Records.read(named, PromptPair::of);
  }

  static List<PromptPair> parse(String text, String named) throws IOException {
    return Records.parse(text, named, PromptPair::of);
  }
}
