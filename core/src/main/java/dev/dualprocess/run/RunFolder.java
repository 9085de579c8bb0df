package dev.dualprocess.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.dualprocess.Prompt;
import dev.dualprocess.distill.StepReport;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.image.Lettering;
import dev.dualprocess.image.LossChart;
import dev.dualprocess.image.Png;
import dev.dualprocess.lora.Lora;
import dev.dualprocess.overlay.VisualPrompt;
import dev.dualprocess.weights.AtomicFile;
import dev.dualprocess.weights.SafeTensorsWriter;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * The folder of one run. Every file is written under a temporary name and renamed, so a reader sees
 * the old one or the whole new one.
 */
public final class RunFolder {
  private static final ObjectMapper MAPPER =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private final Path folder;

  private RunFolder(Path folder) {
    this.folder = folder;
  }

  /**
   * Makes the folder, if need be, and makes sure that files can be written there.
   *
   * @throws IOException in one line, if they cannot
   */
  public static RunFolder open(Path folder) throws IOException {
    Objects.requireNonNull(folder, "folder");
    try {
      Files.createDirectories(folder);
      Files.delete(Files.createTempFile(folder, ".probe", ".tmp"));
    } catch (IOException e) {
      throw new IOException(
          folder
              + ": cannot write there ("
              + e.getClass().getSimpleName()
              + "); choose another --out",
          e);
    }
    return new RunFolder(folder);
  }

  /** The folder itself. */
  public Path path() {
    return folder;
  }

  /** The learnt adapter's file. */
  public Path lora() {
    return folder.resolve("lora.safetensors");
  }

  /** The folder of the checkpoint. */
  public Path checkpoint() {
    return folder.resolve("checkpoint");
  }

  /** Whether a run has left a checkpoint here. */
  public boolean hasCheckpoint() {
    return Files.isRegularFile(checkpoint().resolve("state.safetensors"));
  }

  /** The optimised noise's file. */
  public Path latents() {
    return folder.resolve("latents.safetensors");
  }

  /** Whether a run has ended here. */
  public boolean hasResults() {
    return Files.exists(lora()) || Files.exists(latents());
  }

  /** Writes {@code config.json}: everything that is needed to run it again. */
  public void writeConfig(Map<String, ?> config) throws IOException {
    writeJson("config.json", config);
  }

  /**
   * Makes sure that {@code config.json} says the same as {@code config}, but for some fields.
   *
   * @throws IOException in one line, if it does not
   */
  public void requireSameConfig(Map<String, ?> config, List<String> but) throws IOException {
    JsonNode now = MAPPER.valueToTree(config);
    JsonNode before = MAPPER.readTree(folder.resolve("config.json").toFile());
    for (Map.Entry<String, JsonNode> field : now.properties()) {
      // Written and read once, so that numbers compare as they are stored.
      JsonNode value = MAPPER.readTree(MAPPER.writeValueAsString(field.getValue()));
      if (!but.contains(field.getKey()) && !value.equals(before.path(field.getKey()))) {
        throw new IOException(
            "%s: it belongs to a run with another '%s'; choose another --out"
                .formatted(folder, field.getKey()));
      }
    }
  }

  /** Writes {@code results.json}. */
  public void writeResults(Map<String, ?> results) throws IOException {
    writeJson("results.json", results);
  }

  /** Writes {@code lora.safetensors}. */
  public void writeLora(Lora lora) throws IOException {
    lora.save(lora());
  }

  /** Writes {@code latents.safetensors}, whose tensor {@code latents} is [1, latent shape]. */
  public void writeLatents(Tensor latents) throws IOException {
    SafeTensorsWriter.write(latents(), Map.of("latents", latents), Map.of());
  }

  /**
   * Writes {@code losses.csv}, and {@code losses.png} where this machine has fonts. The noise level
   * σ is called t there, as in the paper's equations: the column is part of the file format.
   */
  public void writeLosses(List<StepReport> reports) throws IOException {
    StringBuilder csv = new StringBuilder("step,seed,t,loss,");
    int checks = reports.isEmpty() ? 1 : reports.get(0).probabilities().size();
    for (int i = 1; i <= checks; i++) {
      csv.append("probability_").append(i).append(',');
    }
    boolean penalised = reports.stream().anyMatch(report -> report.penalty() != 0);
    csv.append("gradient_norm,seconds").append(penalised ? ",penalty\n" : "\n");
    for (StepReport report : reports) {
      csv.append(report.step()).append(',').append(report.seed()).append(',');
      csv.append(number(report.sigma())).append(',').append(number(report.loss())).append(',');
      report.probabilities().forEach(p -> csv.append(number(p)).append(','));
      csv.append(number(report.gradientNorm())).append(',');
      csv.append(number(report.seconds()));
      csv.append(penalised ? "," + number(report.penalty()) : "").append('\n');
    }
    writeText("losses.csv", csv.toString());
    if (!reports.isEmpty() && Lettering.available()) {
      BufferedImage chart = LossChart.draw(reports.stream().map(StepReport::loss).toList());
      Png.write(folder.resolve("losses.png"), chart, Map.of());
    }
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.7g", value);
  }

  /**
   * Writes {@code overlay.png}, the first visual prompt as it is drawn at that size, if there is
   * one.
   */
  public void writeOverlay(Prompt prompt, ImageSize size) throws IOException {
    Optional<VisualPrompt> first =
        prompt.checks().stream().flatMap(check -> check.visualPrompt().stream()).findFirst();
    if (first.isPresent()) {
      Png.write(folder.resolve("overlay.png"), first.get().draw(size), Map.of());
    }
  }

  /** Writes {@code before-after.png}. */
  public void writeBeforeAfter(BufferedImage grid) throws IOException {
    Png.write(folder.resolve("before-after.png"), grid, Map.of());
  }

  /** Writes {@code images/NAME.png}, with the parameters it was made with inside. */
  public void writeImage(String name, BufferedImage image, Map<String, ?> parameters)
      throws IOException {
    writePicture("images/" + name, image, parameters);
  }

  /** Writes {@code NAME.png}, with the parameters it was made with inside. */
  public void writePicture(String name, BufferedImage image, Map<String, ?> parameters)
      throws IOException {
    Png.write(
        folder.resolve(name + ".png"),
        image,
        Map.of("parameters", MAPPER.writeValueAsString(parameters)));
  }

  /** Writes {@code NAME.gif}, a picture that moves. */
  public void writeAnimation(String name, AnimatedGif animation) throws IOException {
    AtomicFile.write(folder.resolve(name + ".gif"), animation::write);
  }

  private void writeJson(String name, Object value) throws IOException {
    writeText(name, MAPPER.writeValueAsString(value) + "\n");
  }

  private void writeText(String name, String text) throws IOException {
    AtomicFile.write(
        folder.resolve(name),
        temporary -> Files.writeString(temporary, text, StandardCharsets.UTF_8));
  }
}
