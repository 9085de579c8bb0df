package dev.dualprocess.soak;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dualprocess.image.PictureFile;
import dev.dualprocess.weights.SafeTensorsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The files of a run's folder that have their names, and how far a checkpoint among them has come.
 *
 * @param sizes their sizes by their names
 * @param steps of the checkpoint
 */
record FinishedFiles(Map<String, Long> sizes, int steps) {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String CHECKPOINT = "checkpoint/state.safetensors";
  private static final List<String> WITH_TIMES = List.of("losses.csv", CHECKPOINT, "config.json");

  static FinishedFiles in(Path out) throws IOException {
    Map<String, Long> sizes = new TreeMap<>();
    for (Path file : files(out)) {
      if (!isUnfinished(file)) {
        sizes.put(out.relativize(file).toString(), Files.size(file));
      }
    }
    Path checkpoint = out.resolve(CHECKPOINT);
    return new FinishedFiles(sizes, Files.exists(checkpoint) ? steps(checkpoint) : 0);
  }

  private static List<Path> files(Path out) throws IOException {
    if (!Files.exists(out)) {
      return List.of();
    }
    try (Stream<Path> walk = Files.walk(out)) {
      return walk.filter(Files::isRegularFile).toList();
    }
  }

  private static boolean isUnfinished(Path file) {
    String name = file.getFileName().toString();
    return name.endsWith(".tmp") || name.endsWith(".incomplete") || name.endsWith("lock");
  }

  /** Whether a file there was being written. */
  static boolean anyUnfinished(Path out) throws IOException {
    return files(out).stream()
        .anyMatch(file -> isUnfinished(file) && !file.toString().endsWith("lock"));
  }

  private static int steps(Path checkpoint) throws IOException {
    try (SafeTensorsFile file = SafeTensorsFile.open(checkpoint)) {
      return MAPPER.readTree(file.metadata().get("reports")).size();
    }
  }

  /** What of these is gone or broken now. */
  List<String> lost(Path out) throws IOException {
    List<String> faults = new ArrayList<>();
    FinishedFiles now = in(out);
    for (String name : sizes.keySet()) {
      if (!now.sizes.containsKey(name)) {
        faults.add(out + ": lost " + name);
      }
    }
    if (now.steps < steps) {
      faults.add("%s: the checkpoint went from %d steps to %d".formatted(out, steps, now.steps));
    }
    for (String name : now.sizes.keySet()) {
      try {
        read(out.resolve(name));
      } catch (IOException e) {
        faults.add(e.toString());
      }
    }
    return faults;
  }

  private static void read(Path file) throws IOException {
    String name = file.getFileName().toString();
    if (name.endsWith(".json")) {
      MAPPER.readTree(file.toFile());
    } else if (name.endsWith(".safetensors")) {
      SafeTensorsFile.open(file).close();
    } else if (name.endsWith(".png")) {
      PictureFile.read(file);
    }
  }

  /** In what the results of two runs differ, but for seconds. */
  static List<String> differences(Path one, Path other) throws IOException {
    TreeSet<String> names = new TreeSet<>(in(one).sizes.keySet());
    names.addAll(in(other).sizes.keySet());
    List<String> faults = new ArrayList<>();
    if (anyUnfinished(other)) {
      faults.add(other + ": a temporary file is left");
    }
    for (String name : names) {
      if (!isSame(name, one.resolve(name), other.resolve(name))) {
        faults.add(other.resolve(name) + ": differs from that of a run that was not killed");
      }
    }
    return faults;
  }

  private static boolean isSame(String name, Path one, Path other) throws IOException {
    if (!Files.exists(one) || !Files.exists(other)) {
      return false;
    }
    if (name.equals("results.json")) {
      return withoutTimes(MAPPER.readTree(one.toFile()))
          .equals(withoutTimes(MAPPER.readTree(other.toFile())));
    }
    if (name.equals("losses.csv")) {
      return withoutTimes(one).equals(withoutTimes(other));
    }
    return WITH_TIMES.contains(name)
        || Arrays.equals(Files.readAllBytes(one), Files.readAllBytes(other));
  }

  private static JsonNode withoutTimes(JsonNode results) {
    ((ObjectNode) results).remove("secondsDistilling");
    return results;
  }

  /** The last column is seconds. */
  private static String withoutTimes(Path csv) throws IOException {
    return Files.readAllLines(csv).stream()
        .map(line -> line.substring(0, line.lastIndexOf(',')))
        .collect(Collectors.joining("\n"));
  }
}
