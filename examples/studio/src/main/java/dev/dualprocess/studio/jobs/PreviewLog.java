package dev.dualprocess.studio.jobs;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dualprocess.config.JsonOutput;
import dev.dualprocess.weights.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/**
 * All previews of a job, in {@code previews.json} of its folder: one for each step and seed, the
 * newest where a run went back to a checkpoint.
 *
 * @param folder of the job
 */
public record PreviewLog(Path folder) {
  private static final ObjectMapper MAPPER = JsonOutput.mapper();

  private Path file() {
    return folder.resolve("previews.json");
  }

  /** All of them by step and seed; none where none was drawn. */
  public List<Preview> all() {
    if (!Files.exists(file())) {
      return List.of();
    }
    try {
      return Arrays.asList(MAPPER.readValue(file().toFile(), Preview[].class));
    } catch (IOException e) {
      return List.of();
    }
  }

  /** Adds some that were drawn together; what is of later steps was forgotten by the run. */
  public void add(List<Preview> drawn) throws IOException {
    int step = drawn.get(0).step();
    TreeMap<String, Preview> sorted = new TreeMap<>();
    for (Preview preview : all()) {
      if (preview.step() < step) {
        sorted.put(key(preview), preview);
      }
    }
    drawn.forEach(preview -> sorted.put(key(preview), preview));
    AtomicFile.writeText(file(), MAPPER.writeValueAsString(sorted.values()) + "\n");
  }

  private static String key(Preview preview) {
    return "%09d-%020d".formatted(preview.step(), preview.seed());
  }
}
