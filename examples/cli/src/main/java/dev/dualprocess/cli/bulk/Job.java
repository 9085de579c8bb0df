package dev.dualprocess.cli.bulk;

import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * One distillation of many.
 *
 * @param name of its folder
 * @param args options of {@code distill}, without those that the bulk gives itself
 * @param tags for people
 * @param group jobs of one number have the same models
 */
public record Job(String name, List<String> args, List<String> tags, int group) {
  private static final int DIGITS = 8;

  /** Copies the lists. */
  public Job {
    args = List.copyOf(args);
    tags = List.copyOf(tags);
  }

  /** A short text that is another one for other options. */
  public String fingerprint() {
    return fingerprint(args);
  }

  static String fingerprint(List<String> args) {
    return Hashing.sha256()
        .hashString(String.join("\0", args), StandardCharsets.UTF_8)
        .toString()
        .substring(0, DIGITS);
  }

  /** This job among those of a group. */
  Job in(int newGroup) {
    return new Job(name, args, tags, newGroup);
  }
}
