package dev.dualprocess.weights;

import dev.dualprocess.config.ConfigFile;
import dev.dualprocess.config.MissingFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What to tell of a folder without weights that can be read: what is there, and what to do. */
final class AbsentWeights {
  private static final Pattern SHARD =
      Pattern.compile(
          "(diffusion_pytorch_model|model)(\\.\\w+)?-\\d+-of-\\d+(\\.\\w+)?\\.safetensors");
  private static final Pattern PICKLE = Pattern.compile(".*\\.(bin|pt|pth|ckpt)");
  private static final Pattern ADAPTER =
      Pattern.compile("(adapter_|pytorch_lora_).*\\.safetensors");
  private static final int SHOWN = 4;

  private final Path folder;
  private final List<Path> files;

  private AbsentWeights(Path folder, List<Path> files) {
    this.folder = folder;
    this.files = files;
  }

  /** One line about {@code folder}. */
  static String line(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return "%s: no such folder; the weights should be in it, as %s".formatted(folder, expected());
    }
    try (Stream<Path> list = Files.list(folder)) {
      AbsentWeights absent = new AbsentWeights(folder, list.sorted().toList());
      return absent.line();
    }
  }

  private static String expected() {
    return Convention.DIFFUSERS.singleFile() + " or " + Convention.TRANSFORMERS.singleFile();
  }

  private String line() {
    return brokenLink()
        .or(this::folderInPlaceOfAFile)
        .or(this::shardsWithoutIndex)
        .or(this::gguf)
        .or(this::otherName)
        .or(this::pickled)
        .orElseGet(
            () ->
                "%s: no safetensors weights here%s; expected %s"
                    .formatted(folder, files.isEmpty() ? ": it is empty" : "", expected()));
  }

  private Optional<String> brokenLink() {
    return files.stream()
        .filter(file -> name(file).contains(".safetensors") && !Files.exists(file))
        .findFirst()
        .map(MissingFile::line);
  }

  private Optional<String> folderInPlaceOfAFile() {
    return files.stream()
        .filter(file -> name(file).endsWith(".safetensors") && Files.isDirectory(file))
        .findFirst()
        .map(
            found ->
                "%s: a folder, not a file of weights: put the file itself in its place"
                    .formatted(found));
  }

  private Optional<String> shardsWithoutIndex() {
    List<String> shards = named(SHARD);
    return shards.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "%s: shards of weights are here (%s), but not their index, %s.index.json: get it too"
                .formatted(folder, some(shards), convention().singleFile()));
  }

  private Optional<String> gguf() {
    List<String> found = named(Pattern.compile(".*\\.gguf"));
    return found.isEmpty()
        ? Optional.empty()
        : Optional.of(QuantizedFormat.line(folder.resolve(found.get(0)), QuantizedFormat.GGUF));
  }

  private Optional<String> otherName() {
    List<String> found =
        named(Pattern.compile(".*\\.safetensors")).stream()
            .filter(name -> !ADAPTER.matcher(name).matches())
            .toList();
    return found.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "%s: no weights under a name that is read, but %s: if that is this model, rename it to %s"
                .formatted(folder, some(found), convention().singleFile()));
  }

  private Optional<String> pickled() {
    List<String> found = named(PICKLE);
    return found.isEmpty()
        ? Optional.empty()
        : Optional.of(
            ("%s: only pickled weights are here (%s); they are not read, since unpickling runs what"
                    + " is in them: load them in Python and write safetensors with"
                    + " save_pretrained(FOLDER, safe_serialization=True)")
                .formatted(folder, some(found)));
  }

  private Convention convention() {
    try {
      boolean diffusers =
          !ConfigFile.read(folder.resolve("config.json")).text("_class_name").isEmpty();
      return diffusers ? Convention.DIFFUSERS : Convention.TRANSFORMERS;
    } catch (IOException e) {
      return Convention.TRANSFORMERS;
    }
  }

  private List<String> named(Pattern pattern) {
    return files.stream()
        .map(AbsentWeights::name)
        .filter(name -> pattern.matcher(name.toLowerCase(Locale.ROOT)).matches())
        .toList();
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }

  /** A few names, and how many more. */
  static String some(List<String> names) {
    int shown = Math.min(SHOWN, names.size());
    String rest = names.size() > shown ? " and " + (names.size() - shown) + " more" : "";
    return String.join(", ", names.subList(0, shown)) + rest;
  }
}
