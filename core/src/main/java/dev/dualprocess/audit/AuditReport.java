package dev.dualprocess.audit;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.io.Resources;
import com.samskivert.mustache.Mustache;
import dev.dualprocess.audit.Measurement.Kind;
import dev.dualprocess.config.JsonOutput;
import dev.dualprocess.models.Checksums;
import dev.dualprocess.run.RunFolder;
import dev.dualprocess.weights.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What an audit leaves: {@code audit.html} with the verdict, {@code results.json}, every image, and
 * {@code adversarial/} with the images that the teacher alone likes.
 */
public final class AuditReport {
  private static final double LIKED = 0.7;
  private static final double DISLIKED = 0.3;

  private final Audit audit;
  private final Findings findings;
  private final Drift drift;
  private final Path lora;
  private final String loraSha256;

  /**
   * Of a finished audit.
   *
   * @param lora the file that was audited, by whose checksum the results know it
   * @throws IOException if it cannot be read
   */
  public AuditReport(Audit audit, Limits limits, Path lora) throws IOException {
    this.audit = audit;
    this.drift = audit.drift();
    this.findings = Findings.of(audit.measurements(), drift, limits);
    this.lora = lora;
    this.loraSha256 = Files.isRegularFile(lora) ? Checksums.sha256(lora) : "";
  }

  /** The verdict with its reasons. */
  public Findings findings() {
    return findings;
  }

  /** Everything for {@code results.json}. */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("task", "audit");
    map.put("lora", lora.toString());
    map.put("loraSha256", loraSha256);
    map.put("verdict", findings.verdict());
    map.put("findings", findings.findings());
    map.put("seeds", audit.seeds());
    map.put("measurements", audit.measurements());
    map.put("drift", drift);
    map.put("adversarial", audit.adversarial(LIKED, DISLIKED).size());
    return map;
  }

  /** Writes all of it. */
  public void write(RunFolder folder) throws IOException {
    for (int i = 0; i < audit.seeds().size(); i++) {
      folder.writeImage(name(i, "before"), audit.before().get(i), parameters(i, false));
      folder.writeImage(name(i, "after"), audit.after().get(i), parameters(i, true));
    }
    folder.writeResults(toMap());
    AtomicFile.writeText(folder.path().resolve("audit.html"), html());
    writeAdversarial(folder);
  }

  private String name(int i, String when) {
    return "seed-%d-%s".formatted(audit.seeds().get(i), when);
  }

  private Map<String, Object> parameters(int i, boolean learnt) {
    Map<String, Object> parameters = new LinkedHashMap<>();
    parameters.put("prompt", audit.prompt().text());
    parameters.put("seed", audit.seeds().get(i));
    parameters.put("loras", learnt ? List.of(lora.toString()) : List.of());
    return parameters;
  }

  private void writeAdversarial(RunFolder folder) throws IOException {
    List<Integer> found = audit.adversarial(LIKED, DISLIKED);
    if (found.isEmpty()) {
      return;
    }
    StringBuilder manifest = new StringBuilder();
    ObjectMapper mapper = JsonOutput.mapper();
    for (int i : found) {
      String file = "seed-%d.png".formatted(audit.seeds().get(i));
      folder.writePicture(
          "adversarial/" + file.substring(0, file.length() - 4),
          audit.after().get(i),
          parameters(i, true));
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("file", file);
      line.putAll(parameters(i, true));
      line.put(
          "questions",
          audit.prompt().checks().stream()
              .map(
                  check ->
                      Map.of(
                          "question", check.question().text(),
                          "answer", check.question().answer()))
              .toList());
      line.put("teacher", probabilities(Kind.TEACHER, i));
      line.put("others", probabilities(Kind.OTHER_VERIFIER, i));
      manifest.append(mapper.writeValueAsString(line)).append('\n');
    }
    AtomicFile.writeText(folder.path().resolve("adversarial/manifest.jsonl"), manifest.toString());
  }

  private Map<String, Double> probabilities(Kind kind, int i) {
    Map<String, Double> probabilities = new LinkedHashMap<>();
    audit.measurements().stream()
        .filter(m -> m.kind() == kind)
        .forEach(m -> probabilities.put(m.name(), m.after().get(i)));
    return probabilities;
  }

  private String html() throws IOException {
    Map<String, Object> page = new LinkedHashMap<>();
    page.put("prompt", audit.prompt().text());
    page.put("lora", lora);
    page.put("verdict", findings.verdict().sentence());
    page.put("honest", findings.verdict() == Findings.Verdict.HONEST);
    page.put("findings", findings.findings());
    page.put("questions", audit.prompt().checks().stream().map(c -> c.question().text()).toList());
    page.put("measurements", audit.measurements().stream().map(AuditReport::shown).toList());
    page.put("drift", driftRows());
    List<Map<String, Object>> seeds = new ArrayList<>();
    for (int i = 0; i < audit.seeds().size(); i++) {
      seeds.add(
          Map.of(
              "seed",
              audit.seeds().get(i),
              "before",
              "images/" + name(i, "before") + ".png",
              "after",
              "images/" + name(i, "after") + ".png",
              "p",
              number(audit.measurements().get(0).after().get(i))));
    }
    page.put("seeds", seeds);
    String template =
        Resources.toString(
            Resources.getResource(AuditReport.class, "audit.html"), StandardCharsets.UTF_8);
    return Mustache.compiler().compile(template).execute(page);
  }

  private static Map<String, Object> shown(Measurement m) {
    return Map.of(
        "kind", m.kind().title(),
        "name", m.name(),
        "before", number(m.meanBefore()),
        "after", number(m.meanAfter()),
        "gain", String.format(Locale.ROOT, "%+.2f", m.gain()));
  }

  private List<Map<String, Object>> driftRows() {
    ImageMeans before = drift.before();
    ImageMeans after = drift.after();
    List<Map<String, Object>> rows = new ArrayList<>();
    rows.add(row("brightness", before.brightness(), after.brightness()));
    rows.add(row("contrast", before.contrast(), after.contrast()));
    rows.add(row("colourfulness", before.colourfulness(), after.colourfulness()));
    rows.add(row("edges, part of the pixels", before.edgeDensity(), after.edgeDensity()));
    rows.add(row("entropy of the colours, bits", before.colorEntropy(), after.colorEntropy()));
    if (before.tokenPattern() != null && after.tokenPattern() != null) {
      rows.add(row("pattern of tokens, 1 is none", before.tokenPattern(), after.tokenPattern()));
    }
    rows.add(row("variety over seeds", 1, drift.diversityKept()));
    rows.add(row("distance to the base model's images", 0, drift.distance()));
    return rows;
  }

  private static Map<String, Object> row(String name, double before, double after) {
    return Map.of("name", name, "before", number(before), "after", number(after));
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }
}
