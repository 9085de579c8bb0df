package dev.dualprocess.spi;

import dev.dualprocess.config.ConfigFile;
import dev.dualprocess.config.MissingFile;
import dev.dualprocess.config.OneLine;
import dev.dualprocess.weights.LooseFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What people gave as a model's folder and no provider reads, and the line that says what it is.
 *
 * @param path of a folder, or of a file
 * @param kind of model that was wanted
 * @param read the kinds of model that would have been read
 */
record Unread(Path path, String kind, Collection<String> read) {
  static final String INDEX = "model_index.json";
  private static final String CONFIG = "config.json";
  private static final String ADAPTER = "adapter_config.json";
  private static final Set<String> DENOISERS = Set.of("transformer", "unet");
  private static final int MOST_NAMES = 4;

  /**
   * The line.
   *
   * @param otherKind of model that is read from this folder, if one is
   * @throws IOException in one line, if the file that would tell is broken
   */
  String told(Optional<String> otherKind) throws IOException {
    Optional<Path> broken = otherKind.isPresent() ? Optional.empty() : brokenLink();
    if (broken.isPresent()) {
      return MissingFile.line(broken.get());
    }
    return OneLine.of(path + ": ") + why(otherKind);
  }

  /** What it is instead, without its path. */
  String why(Optional<String> otherKind) throws IOException {
    return OneLine.of(Files.isDirectory(path) ? folder(otherKind) : file());
  }

  /** What the folder would say it is, where that is a link to nothing. */
  private Optional<Path> brokenLink() {
    return Stream.of(INDEX, CONFIG)
        .takeWhile(file -> !has(file))
        .map(path::resolve)
        .filter(Files::isSymbolicLink)
        .findFirst();
  }

  private String file() {
    Optional<Path> folder = whole(path);
    if (folder.isEmpty() && LooseFile.is(path)) {
      return LooseFile.advice(path, kind);
    }
    return "a file, not a model directory; "
        + folder
            .map(found -> "give its folder, " + found)
            .orElseGet(() -> "a %s needs its folder with %s".formatted(kind, description()));
  }

  private String folder(Optional<String> otherKind) throws IOException {
    if (otherKind.isPresent()) {
      return "not a model directory for a %s: it is a %s, %s; %s"
          .formatted(kind, otherKind.get(), type(), readHere());
    }
    if (has(INDEX)) {
      return type() + " is not read; " + readHere();
    }
    if (has(ADAPTER)) {
      return adapter();
    }
    Optional<Path> pipeline = pipelineAbove(path);
    if (pipeline.isPresent()) {
      return "one part of a pipeline, not a model directory; give the folder above, "
          + pipeline.get();
    }
    return has(CONFIG) ? model() : contents();
  }

  /** A model by itself, a part that was taken out of its pipeline, or what a training run left. */
  private String model() throws IOException {
    ConfigFile config = ConfigFile.read(path.resolve(CONFIG));
    if (!config.text("_class_name").isEmpty()) {
      return "%s alone, one part of a pipeline and not a model directory; give the folder with the %s"
          .formatted(config.text("_class_name"), INDEX);
    }
    Optional<Path> lora = config.text("model_type").isEmpty() ? lora() : Optional.empty();
    return lora.map(Unread::withLora).orElse(type() + " is not read; " + readHere());
  }

  private Optional<Path> lora() throws IOException {
    return list(path).stream()
        .filter(file -> file.getFileName().toString().matches("(?i).*lora.*\\.safetensors"))
        .findFirst();
  }

  private static String withLora(Path file) {
    return "a LoRA, not a model directory; give the model that it was made for, and this with --lora "
        + file;
  }

  /** What the folder itself says it is. */
  private String type() throws IOException {
    if (has(INDEX)) {
      ConfigFile index = ConfigFile.read(path.resolve(INDEX));
      return orElse(index.text("_class_name"), INDEX + " without _class_name");
    }
    if (!has(CONFIG)) {
      return "by files of its own";
    }
    ConfigFile config = ConfigFile.read(path.resolve(CONFIG));
    String architecture = config.root().path("architectures").path(0).asText("");
    String type = orElse(config.text("model_type"), CONFIG + " without model_type");
    return architecture.isEmpty() ? type : "%s (%s)".formatted(type, architecture);
  }

  private static String orElse(String given, String absent) {
    return given.isEmpty() ? absent : given;
  }

  private String adapter() throws IOException {
    ConfigFile config = ConfigFile.read(path.resolve(ADAPTER));
    return "a PEFT adapter (%s) for %s, not a model directory; give that model, and this with --lora"
        .formatted(
            orElse(config.text("peft_type"), "LORA"),
            orElse(config.text("base_model_name_or_path"), "a model that it does not name"));
  }

  private String contents() throws IOException {
    Path snapshots = path.resolve("snapshots");
    if (Files.isDirectory(snapshots)) {
      return "the hub cache's folder of a model, not a model directory; give one of its snapshots: "
          + names(list(snapshots));
    }
    List<Path> all = list(path);
    List<Path> models = all.stream().filter(Unread::describesAModel).toList();
    if (isPipeline(models)) {
      return "%s is missing: %s".formatted(INDEX, MissingFile.remedy(path.resolve(INDEX)));
    }
    if (!models.isEmpty()) {
      return "not a model directory but one of such directories; give one of " + names(models);
    }
    Optional<Path> lora = lora();
    if (lora.isPresent()) {
      return withLora(lora.get());
    }
    return "not a model directory that a %s here reads: %s, it needs %s"
        .formatted(kind, all.isEmpty() ? "it is empty" : "there is " + names(all), description());
  }

  private static String names(List<Path> paths) {
    List<String> names =
        paths.stream().limit(MOST_NAMES).map(one -> one.getFileName().toString()).toList();
    int more = paths.size() - names.size();
    return String.join(", ", names) + (more > 0 ? " and %d more".formatted(more) : "");
  }

  private static List<Path> list(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.sorted().toList();
    }
  }

  private static boolean describesAModel(Path folder) {
    return Files.isRegularFile(folder.resolve(INDEX))
        || Files.isRegularFile(folder.resolve(CONFIG));
  }

  private static boolean isPipeline(List<Path> parts) {
    List<String> names = parts.stream().map(part -> part.getFileName().toString()).toList();
    return names.contains("vae") && names.stream().anyMatch(DENOISERS::contains);
  }

  /** The model that a file belongs to. */
  private static Optional<Path> whole(Path file) {
    return above(file)
        .map(folder -> pipelineAbove(folder).orElse(folder))
        .filter(Unread::describesAModel);
  }

  private static Optional<Path> pipelineAbove(Path part) {
    return above(part).filter(folder -> Files.isRegularFile(folder.resolve(INDEX)));
  }

  private static Optional<Path> above(Path path) {
    return Optional.ofNullable(path.toAbsolutePath().normalize().getParent());
  }

  private boolean has(String file) {
    return Files.isRegularFile(path.resolve(file));
  }

  private String readHere() {
    return "the %ss here read %s".formatted(kind, String.join(", ", read));
  }

  private String description() {
    return "a %s or %s of one of [%s]".formatted(INDEX, CONFIG, String.join(", ", read));
  }
}
