package dev.dualprocess.probe;

import com.fasterxml.jackson.databind.SerializationFeature;
import dev.dualprocess.Assessment;
import dev.dualprocess.Check;
import dev.dualprocess.Prompt;
import dev.dualprocess.config.JsonOutput;
import dev.dualprocess.distill.Evaluation.Rated;
import dev.dualprocess.image.ImageGrid;
import dev.dualprocess.run.RunFolder;
import dev.dualprocess.weights.AtomicFile;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

/**
 * What a probe saw. Immutable but for the pictures.
 *
 * @param verifier its name
 * @param prompt what was drawn and asked
 * @param drawn the pictures, seed by seed, each with what was said to it
 * @param sightings one for each seed and check, seed by seed
 * @param findings whether the checks can be taught, and why not
 */
public record ProbeReport(
    String verifier,
    Prompt prompt,
    List<Rated> drawn,
    List<Sighting> sightings,
    Findings findings) {
  /** The name of the file with everything but the pictures. */
  public static final String FILE = "probe.json";

  private static final int COLUMNS = 4;
  private static final int SHOWN = 16 * COLUMNS;
  private static final int CAPTIONED = 3;

  /** Copies the lists. */
  public ProbeReport {
    drawn = List.copyOf(drawn);
    sightings = List.copyOf(sightings);
  }

  /** The sightings of one check, by its place from 0. */
  public List<Sighting> of(int check) {
    return sightings.stream().filter(s -> s.check() == check).toList();
  }

  /** Everything but the pictures, for {@code probe.json}. */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("task", "probe");
    map.put("verifier", verifier);
    map.put("prompt", prompt.text());
    map.put("verdict", findings.verdict());
    map.put("reason", findings.reason());
    List<Map<String, Object>> checks = new ArrayList<>();
    for (int i = 0; i < prompt.checks().size(); i++) {
      checks.add(check(i));
    }
    map.put("checks", checks);
    return map;
  }

  private Map<String, Object> check(int place) {
    Check check = prompt.checks().get(place);
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("question", check.question().text());
    map.put("answer", check.question().answer());
    if (place < findings.checks().size()) {
      findings.checks().get(place).put(map);
    }
    map.put("seeds", of(place).stream().map(ProbeReport::seed).toList());
    return map;
  }

  private static Map<String, Object> seed(Sighting sighting) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("seed", sighting.seed());
    map.put("probability", sighting.probability());
    map.put("loss", sighting.loss());
    map.put("predicted", sighting.said().predicted());
    map.put("slope", sighting.slope());
    map.put("tremor", sighting.tremor());
    return map;
  }

  /**
   * The pictures as the verifier is shown them, the first 64, four in a row, with the probability
   * of each check under them, or the mean where there are more than three checks.
   *
   * @throws IllegalStateException if none was drawn
   */
  public BufferedImage picture() {
    ImageGrid grid = new ImageGrid(List.of());
    int shown = Math.min(SHOWN, drawn.size());
    for (int start = 0; start < shown; start += COLUMNS) {
      List<Rated> row = drawn.subList(start, Math.min(shown, start + COLUMNS));
      grid.row(
          row.stream().map(Rated::shown).toList(), row.stream().map(ProbeReport::caption).toList());
    }
    return grid.draw();
  }

  /**
   * Writes {@value #FILE}, {@code probe.png} with the {@linkplain #picture overview}, and every
   * picture as it was drawn into {@code images/}.
   *
   * @param sampling how they were drawn, for the pictures' metadata
   * @throws IOException if that cannot be done
   */
  public void write(RunFolder folder, Map<String, Object> sampling) throws IOException {
    for (Rated rated : drawn) {
      Map<String, Object> parameters = new LinkedHashMap<>();
      parameters.put("prompt", prompt.text());
      parameters.put("seed", rated.seed());
      parameters.putAll(sampling);
      parameters.put("loras", List.of());
      parameters.put("probability", rated.probability());
      folder.writeImage("probe-seed-" + rated.seed(), rated.image(), parameters);
    }
    if (!drawn.isEmpty()) {
      folder.writePicture("probe", picture(), Map.of("prompt", prompt.text()));
    }
    AtomicFile.writeText(
        folder.path().resolve(FILE),
        JsonOutput.mapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(toMap())
            + "\n");
  }

  private static String caption(Rated rated) {
    boolean few = rated.assessments().size() <= CAPTIONED;
    DoubleStream told =
        few
            ? rated.assessments().stream().mapToDouble(Assessment::probability)
            : DoubleStream.of(rated.probability());
    return told.mapToObj(p -> String.format(Locale.ROOT, "%.2f", p))
        .collect(Collectors.joining(", ", "seed " + rated.seed() + ": p = ", ""));
  }
}
