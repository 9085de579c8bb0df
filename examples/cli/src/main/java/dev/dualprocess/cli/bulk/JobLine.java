package dev.dualprocess.cli.bulk;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dualprocess.config.OneLine;
import dev.dualprocess.run.Slug;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * One line of a jobs file: an object whose keys are the options of {@code distill}, and some more.
 *
 * @param where it stands, for messages
 * @param json what it says
 * @param command whose options they are
 */
record JobLine(String where, JsonNode json, CommandSpec command) {
  /** What is said of a job besides the options of {@code distill}. */
  private static final Set<String> OF_THE_JOB = Set.of("name", "repeat", "tags");

  /** What the bulk says itself. */
  private static final Set<String> OF_THE_BULK =
      Set.of(
          "out",
          "resume",
          "overwrite",
          "json",
          "yes",
          "help",
          "version",
          "devices",
          "as-rank",
          "meeting",
          "goes-on-from");

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");
  private static final int MOST_SEEDS = 100_000;

  /** The jobs of this line, one for each seed; in group 0. */
  List<Job> jobs() throws IOException {
    List<String> args = args();
    List<String> tags = texts("tags");
    if (!json.has("repeat")) {
      List<String> all = with(args, json.get("seed"));
      return List.of(new Job(name(all), all, tags, 0));
    }
    long first = whole("seed", 0, Long.MIN_VALUE, Long.MAX_VALUE - MOST_SEEDS);
    long repeat = whole("repeat", 1, 1, MOST_SEEDS);
    String name = name(args);
    List<Job> jobs = new ArrayList<>();
    for (long seed = first; seed < first + repeat; seed++) {
      List<String> all = new ArrayList<>(args);
      all.add("--seed=" + seed);
      jobs.add(new Job(name + "-seed-" + seed, all, tags, 0));
    }
    return jobs;
  }

  private static List<String> with(List<String> args, JsonNode seed) {
    List<String> all = new ArrayList<>(args);
    if (seed != null && !seed.isNull()) {
      all.add("--seed=" + seed.asText());
    }
    return all;
  }

  private String name(List<String> args) throws IOException {
    if (!json.hasNonNull("name")) {
      return Slug.of(json.path("prompt").asText("")) + "-" + Job.fingerprint(args);
    }
    String name = json.get("name").asText();
    if (!NAME.matcher(name).matches()) {
      throw refused(
          "the name '%s' is no folder's: letters, digits, '.', '_' and '-', at most 100 of them"
              .formatted(OneLine.shortened(OneLine.of(name), 100)));
    }
    return name;
  }

  private long whole(String key, long otherwise, long least, long most) throws IOException {
    JsonNode value = json.path(key);
    if (value.isMissingNode() || value.isNull()) {
      return otherwise;
    }
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw refused("'" + key + "' is to be a whole number, not " + shown(value));
    }
    if (value.asLong() < least || value.asLong() > most) {
      throw refused("'%s' is to be from %d to %d, not %s".formatted(key, least, most, value));
    }
    return value.asLong();
  }

  /** The options of {@code distill}, without the seed. */
  private List<String> args() throws IOException {
    List<String> args = new ArrayList<>();
    for (Map.Entry<String, JsonNode> field : json.properties()) {
      String key = field.getKey();
      if (OF_THE_BULK.contains(key)) {
        throw refused("'" + key + "' is not for a job: bulk sees to it");
      }
      if (!OF_THE_JOB.contains(key) && !key.equals("seed") && !field.getValue().isNull()) {
        add(args, key, field.getValue());
      }
    }
    return args;
  }

  private void add(List<String> args, String key, JsonNode value) throws IOException {
    OptionSpec option = command.findOption("--" + key);
    if (option == null) {
      throw refused(
          "there is no '%s'; keys are the options of distill without dashes, and name, repeat, tags"
              .formatted(OneLine.shortened(OneLine.of(key), 100)));
    }
    if (option.arity().max() == 0) {
      if (!value.isBoolean()) {
        throw refused("'" + key + "' is to be true or false, not " + shown(value));
      }
      if (value.asBoolean()) {
        args.add("--" + key);
      }
      return;
    }
    for (String text : texts(key)) {
      args.add("--" + key + "=" + text);
    }
  }

  /** The value of a key, or each of its values. */
  private List<String> texts(String key) throws IOException {
    JsonNode value = json.path(key);
    if (value.isMissingNode() || value.isNull()) {
      return List.of();
    }
    List<String> texts = new ArrayList<>();
    for (JsonNode each : value.isArray() ? value : List.of(value)) {
      if (!each.isTextual() && !each.isNumber()) {
        throw refused("'" + key + "' is to be a text or a number, not " + shown(each));
      }
      texts.add(each.asText());
    }
    return texts;
  }

  private static String shown(JsonNode value) {
    return OneLine.shortened(OneLine.of(value.toString()), 60);
  }

  IOException refused(String why) {
    return new IOException(where + ": " + why);
  }
}
