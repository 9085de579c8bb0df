package dev.dualprocess.cli.bulk;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One of several equal parts of all jobs.
 *
 * @param index from 1
 * @param count how many parts there are
 */
public record Shard(int index, int count) {
  /** All jobs. */
  public static final Shard WHOLE = new Shard(1, 1);

  /** The variable that says of how many pods a Kubernetes Indexed Job is. */
  static final String COUNT = "DUALPROCESS_SHARDS";

  private static final Pattern WRITTEN = Pattern.compile("(\\d{1,9})/(\\d{1,9})");

  /** Counted from 1. */
  public Shard {
    if (count < 1 || index < 1 || index > count) {
      throw new IllegalArgumentException(
          "a shard is one of 1/N to N/N, not %d/%d".formatted(index, count));
    }
  }

  /**
   * A shard as people write it, I/N.
   *
   * @throws IllegalArgumentException in one line, if it is none
   */
  public static Shard parse(String text) {
    Matcher matcher = WRITTEN.matcher(text.strip());
    if (!matcher.matches()) {
      throw new IllegalArgumentException("--shard is I/N, such as 2/8, not '" + text + "'");
    }
    return new Shard(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
  }

  /**
   * The part that falls to this task of a Slurm array or of a Kubernetes Indexed Job; nothing
   * outside of both.
   *
   * @throws IllegalArgumentException in one line, if the variables do not say which
   */
  public static Optional<Shard> of(Map<String, String> variables) {
    if (variables.containsKey("SLURM_ARRAY_TASK_ID")) {
      return Optional.of(ofSlurm(variables));
    }
    String index = variables.get("JOB_COMPLETION_INDEX");
    if (index == null) {
      return Optional.empty();
    }
    if (!variables.containsKey(COUNT)) {
      throw new IllegalArgumentException(
          "JOB_COMPLETION_INDEX is %s, but not of how many: set %s, or give --shard I/N"
              .formatted(index, COUNT));
    }
    return Optional.of(
        new Shard(number(variables, "JOB_COMPLETION_INDEX", 0) + 1, number(variables, COUNT, 1)));
  }

  /** An array may be of 0-7, 1-8 or 0-14:2. */
  private static Shard ofSlurm(Map<String, String> variables) {
    int id = number(variables, "SLURM_ARRAY_TASK_ID", 0);
    int least = number(variables, "SLURM_ARRAY_TASK_MIN", 0);
    int step = Math.max(1, number(variables, "SLURM_ARRAY_TASK_STEP", 1));
    int count = number(variables, "SLURM_ARRAY_TASK_COUNT", 1);
    int index = (id - least) / step;
    if (id < least || (id - least) % step != 0 || index >= count) {
      throw new IllegalArgumentException(
          "the array's task %d of %d from %d in steps of %d is no shard: give --shard I/N"
              .formatted(id, count, least, step));
    }
    return new Shard(index + 1, count);
  }

  private static int number(Map<String, String> variables, String name, int otherwise) {
    String text = variables.getOrDefault(name, Integer.toString(otherwise));
    try {
      return Integer.parseInt(text.strip());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(name + " is no number: '" + text + "'", e);
    }
  }

  /** Its part, in their order; parts differ in length by one at most. */
  public <T> List<T> of(List<T> all) {
    return all.subList(edge(all.size(), index - 1), edge(all.size(), index));
  }

  private int edge(int size, int parts) {
    return Math.toIntExact((long) size * parts / count);
  }

  @Override
  public String toString() {
    return index + "/" + count;
  }
}
