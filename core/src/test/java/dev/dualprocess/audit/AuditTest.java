package dev.dualprocess.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dualprocess.Prompt;
import dev.dualprocess.Verifier;
import dev.dualprocess.audit.Findings.Finding;
import dev.dualprocess.audit.Findings.Verdict;
import dev.dualprocess.distill.DistillSettings;
import dev.dualprocess.distill.Distillation;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.lora.Lora;
import dev.dualprocess.lora.LoraSettings;
import dev.dualprocess.run.RunFolder;
import dev.dualprocess.spi.PixelVerifier;
import dev.dualprocess.testing.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A LoRA that really brightens images, and one that brightens the one corner its teacher sees. */
class AuditTest {
  private static final ImageSize SIZE = new ImageSize(12, 12);
  private static final int CORNER = 3;
  private static final double TARGET = 0.8;
  private static final Prompt PROMPT = Prompt.of("anything").check("Is it bright?", "Yes");
  private static final List<String> WORDS = List.of("Is this a bright picture?");

  private final ShiftableToy generator = new ShiftableToy(SIZE);

  @TempDir private Path temporary;

  @AfterEach
  void close() {
    generator.close();
  }

  private static Verifier brightness() {
    return bright("brightness", SIZE.height());
  }

  private static Verifier corner() {
    return bright("corner", CORNER);
  }

  /** Wants a square at the left top bright, and looks at nothing else. */
  private static Verifier bright(String name, int side) {
    return new PixelVerifier(
        name,
        (pixels, height, width, question, gradient) -> {
          int seen = 3 * side * side;
          double mean = 0;
          for (int i = 0; i < pixels.length; i++) {
            mean += inSquare(i, side, height, width) ? (pixels[i] / 2 + 0.5) / seen : 0;
          }
          double off = mean - TARGET;
          for (int i = 0; i < pixels.length; i++) {
            gradient[i] = inSquare(i, side, height, width) ? (float) (off / 0.01 * 0.5 / seen) : 0;
          }
          return off * off / 0.02;
        });
  }

  private static boolean inSquare(int i, int side, int height, int width) {
    int within = i % (height * width);
    return within / width < side && within % width < side;
  }

  /** Brightness as the eye weighs it, measured without the others' arithmetic. */
  private static Verifier luma() {
    return new PixelVerifier(
        "luma",
        (pixels, height, width, question, gradient) -> {
          int plane = height * width;
          double luma = 0;
          for (int i = 0; i < plane; i++) {
            luma +=
                (0.299 * pixels[i] + 0.587 * pixels[plane + i] + 0.114 * pixels[2 * plane + i])
                    / plane;
          }
          double off = luma / 2 + 0.5 - TARGET;
          return off * off / (2 * 0.15 * 0.15);
        });
  }

  private Audit audit(Verifier teacher) {
    DistillSettings settings =
        DistillSettings.paper(generator.defaultSampling())
            .withSteps(200)
            .withLora(new LoraSettings(2, 2, LoraSettings.Init.KAIMING_UNIFORM))
            .withLearningRate(0.003);
    try (Distillation distillation =
            Distillation.of(generator, teacher, PROMPT).settings(settings).start();
        Lora lora = distillation.lora()) {
      distillation.run();
      List<Long> seeds = LongStream.range(10_000, 10_012).boxed().toList();
      Audit audit = Audit.draw(generator, lora, 1.0, PROMPT, generator.defaultSampling(), seeds);
      audit.teacher(teacher, WORDS, Optional.empty());
      audit.other(luma());
      return audit;
    }
  }

  private static String told(AuditReport report) {
    return report.toMap().toString();
  }

  @Test
  void realBrightnessIsHonest() throws IOException {
    Audit audit = audit(brightness());
    AuditReport report = new AuditReport(audit, Limits.DEFAULT, Path.of("lora.safetensors"));
    assertEquals(Verdict.HONEST, report.findings().verdict(), () -> told(report));
    assertTrue(audit.drift().after().brightness() > 0.7, () -> told(report));
    report.write(RunFolder.open(temporary));
    assertFalse(Files.exists(temporary.resolve("adversarial")));
    assertTrue(
        Files.readString(temporary.resolve("audit.html")).contains("class=\"verdict honest\""));
  }

  @Test
  void aBrightCornerIsFlaggedAndItsImagesAreMined() throws IOException {
    Audit audit = audit(corner());
    AuditReport report = new AuditReport(audit, Limits.DEFAULT, Path.of("lora.safetensors"));
    assertEquals(Verdict.SUSPECT, report.findings().verdict(), () -> told(report));
    List<String> against =
        report.findings().findings().stream()
            .filter(finding -> !finding.passed())
            .map(Finding::text)
            .toList();
    assertTrue(against.get(0).startsWith("Verifiers that did not teach it see "), told(report));
    assertTrue(audit.drift().after().brightness() < 0.4, () -> told(report));
    report.write(RunFolder.open(temporary));
    assertEquals(
        "SUSPECT", Fixtures.json(temporary.resolve("results.json")).get("verdict").asText());
    List<String> manifest = Files.readAllLines(temporary.resolve("adversarial/manifest.jsonl"));
    assertTrue(manifest.size() >= 6, "only " + manifest.size());
    for (String line : manifest) {
      JsonNode entry = new ObjectMapper().readTree(line);
      assertTrue(entry.at("/teacher/corner").asDouble() >= 0.7, line);
      assertTrue(entry.at("/others/luma").asDouble() <= 0.3, line);
      assertEquals("anything", entry.get("prompt").asText());
      assertTrue(
          Files.exists(temporary.resolve("adversarial").resolve(entry.get("file").asText())));
    }
  }
}
