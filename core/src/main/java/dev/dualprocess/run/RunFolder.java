package dev.dualprocess.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import dev.dualprocess.Prompt;
import dev.dualprocess.config.FileProblem;
import dev.dualprocess.config.JsonOutput;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * The folder of one run, which nobody else can open for writing until it is closed. Every file is
 * written under a temporary name and renamed, so a reader sees the old one or the whole new one.
 */
public final class RunFolder implements AutoCloseable {
  private static final ObjectMapper MAPPER =
      JsonOutput.mapper().enable(SerializationFeature.INDENT_OUTPUT);

  private static final List<String> SUBFOLDERS = List.of("images", "checkpoint");

  private final Path folder;
  private final FolderLock lock;
  private final Map<Path, FileWriting> writtenAtStart = new LinkedHashMap<>();

  private interface FileWriting {
    void write(Path path) throws IOException;
  }

  private RunFolder(Path folder, FolderLock lock) {
    this.folder = folder;
    this.lock = lock;
  }

  /**
   * Makes the folder, if need be, makes sure that files can be written there, and claims it until
   * {@link #close}. What a killed run left unfinished there is removed.
   *
   * @throws IOException in one line, if nothing can be written there, or another process or another
   *     object of this one is writing there
   */
  public static RunFolder open(Path folder) throws IOException {
    Objects.requireNonNull(folder, "folder");
    requireRoom(folder);
    FolderLock lock = FolderLock.claim(folder);
    try {
      AtomicFile.removeUnfinished(folder);
      for (String inside : SUBFOLDERS) {
        AtomicFile.removeUnfinished(folder.resolve(inside));
      }
      return new RunFolder(folder, lock);
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  /** Whether somebody, this process included, is writing in a folder that may be a run's. */
  public static boolean isBeingWritten(Path folder) {
    if (!Files.exists(folder.resolve(FolderLock.NAME))) {
      return false;
    }
    try {
      FolderLock.claim(folder).close();
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  /**
   * Takes away the claim of a process on another machine that is known to have ended.
   *
   * @throws IOException if that is not allowed here
   */
  public static void forgetWriter(Path folder) throws IOException {
    Files.deleteIfExists(folder.resolve(FolderLock.NAME));
  }

  /**
   * Removes a run's folder with all that is in it.
   *
   * @throws IOException in one line, if somebody is writing there, or something cannot be removed
   */
  public static void delete(Path folder) throws IOException {
    open(folder).close(); // refused where somebody writes
    try {
      MoreFiles.deleteRecursively(folder, RecursiveDeleteOption.ALLOW_INSECURE);
    } catch (IOException e) {
      throw new IOException(folder + ": cannot be removed whole: " + FileProblem.reason(e), e);
    }
  }

  private static void requireRoom(Path folder) throws IOException {
    try {
      Files.createDirectories(folder);
      Files.delete(Files.createTempFile(folder, ".probe.", ".tmp"));
    } catch (IOException e) {
      throw new IOException(
          folder + ": cannot write there (" + FileProblem.reason(e) + "); choose another --out", e);
    }
  }

  /**
   * Makes sure that all a distillation leaves can be written, before it begins.
   *
   * @throws IOException in one line that names what stands in the way
   */
  public void requireRoomForRun() throws IOException {
    for (String inside : SUBFOLDERS) {
      requireRoom(folder.resolve(inside));
    }
    for (Path file : List.of(lora(), latents(), config(), folder.resolve("results.json"))) {
      if (Files.isDirectory(file)) {
        throw new IOException(file + ": is a folder, where a file is to be written; take it away");
      }
    }
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
    return Files.isRegularFile(checkpointState());
  }

  /** The optimised noise's file. */
  public Path latents() {
    return folder.resolve("latents.safetensors");
  }

  /** Whether a run has ended here. */
  public boolean hasResults() {
    return Files.exists(lora()) || Files.exists(latents());
  }

  private Path config() {
    return folder.resolve("config.json");
  }

  /**
   * Writes {@code config.json}: everything that is needed to run it again. Should the folder be
   * removed while the run goes on, this file comes back with the results.
   */
  public void writeConfig(Map<String, ?> config) throws IOException {
    String text = json(config);
    writeAtStart(config(), path -> AtomicFile.writeText(path, text));
  }

  private void writeAtStart(Path file, FileWriting writing) throws IOException {
    writtenAtStart.put(file, writing);
    writing.write(file);
  }

  private void restoreWhatWasWrittenAtStart() throws IOException {
    for (Map.Entry<Path, FileWriting> file : writtenAtStart.entrySet()) {
      if (!Files.exists(file.getKey())) {
        file.getValue().write(file.getKey());
      }
    }
  }

  /**
   * Removes the checkpoint and the results of an earlier run, which would be taken for those of a
   * new one that does not get so far. Pictures stay: they say themselves what they are.
   */
  public void removeEarlierRun() throws IOException {
    for (Path file : List.of(checkpointState(), lora(), latents())) {
      Files.deleteIfExists(file);
    }
    for (String name : List.of("results.json", "losses.csv", "losses.png", "before-after.png")) {
      Files.deleteIfExists(folder.resolve(name));
    }
  }

  private Path checkpointState() {
    return checkpoint().resolve("state.safetensors");
  }

  /**
   * Makes sure that {@code config.json} says the same as {@code config}, but for some fields.
   *
   * @throws IOException in one line, if it does not
   */
  public void requireSameConfig(Map<String, ?> config, List<String> but) throws IOException {
    JsonNode now = stored(config);
    JsonNode before = MAPPER.readTree(config().toFile());
    for (Map.Entry<String, JsonNode> field : now.properties()) {
      if (!but.contains(field.getKey()) && !field.getValue().equals(before.path(field.getKey()))) {
        throw new IOException(
            "%s: it belongs to a run with another '%s'; choose another --out"
                .formatted(folder, field.getKey()));
      }
    }
  }

  /** Writes {@code results.json}. */
  public void writeResults(Map<String, ?> results) throws IOException {
    restoreWhatWasWrittenAtStart();
    AtomicFile.writeText(folder.resolve("results.json"), json(results));
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
    AtomicFile.writeText(folder.resolve("losses.csv"), csv.toString());
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
      BufferedImage drawn = first.get().draw(size);
      writeAtStart(folder.resolve("overlay.png"), path -> Png.write(path, drawn, Map.of()));
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

  /**
   * Makes sure that {@code NAME.png} is not there, or was drawn with the same parameters.
   *
   * @throws IOException in one line that names what it was drawn with
   */
  public void requireNoOtherPicture(String name, Map<String, ?> parameters) throws IOException {
    Path file = folder.resolve(name + ".png");
    if (Files.exists(file) && !stored(parameters).equals(parameters(file))) {
      throw new IOException(
          file
              + ": was drawn with another prompt or other settings; choose another --out, or add"
              + " --overwrite");
    }
  }

  /** What a picture says of itself; nothing where it is of another program. */
  private static JsonNode parameters(Path picture) {
    try {
      return MAPPER.readTree(Png.readTexts(picture).getOrDefault("parameters", "{}"));
    } catch (IOException | RuntimeException e) {
      return MissingNode.getInstance();
    }
  }

  /** A value as it comes back from a file, so that numbers compare as they are stored. */
  private static JsonNode stored(Object value) throws IOException {
    return MAPPER.readTree(MAPPER.writeValueAsString(value));
  }

  /** Writes {@code NAME.gif}, a picture that moves. */
  public void writeAnimation(String name, AnimatedGif animation) throws IOException {
    AtomicFile.write(folder.resolve(name + ".gif"), animation::write);
  }

  private static String json(Object value) throws IOException {
    return MAPPER.writeValueAsString(value) + "\n";
  }

  /** Gives the folder free for others. */
  @Override
  public void close() {
    lock.close();
  }
}
