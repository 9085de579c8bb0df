package dev.dualprocess.weights;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;

/** One file of weights where a model's folder is wanted. */
public final class LooseFile {
  private static final Set<String> ENDINGS =
      Set.of("safetensors", "sft", "gguf", "bin", "pt", "pth", "ckpt");

  private LooseFile() {}

  /** Whether {@code path} is a file of weights, by its name. */
  public static boolean is(Path path) {
    return Files.isRegularFile(path) && ENDINGS.contains(ending(path));
  }

  private static String ending(Path path) {
    String name = String.valueOf(path.getFileName()).toLowerCase(Locale.ROOT);
    return name.substring(name.lastIndexOf('.') + 1);
  }

  /**
   * What it is and what to do with it, in one line without its name.
   *
   * @param kind of model that was wanted: generator or verifier
   */
  public static String advice(Path path, String kind) {
    if (ending(path).equals("gguf")) {
      return QuantizedFormat.advice(QuantizedFormat.GGUF);
    }
    boolean generator = kind.equals("generator");
    return ("one file of weights, but a %s is a folder of configs, tokenizers and all parts: get"
            + " that folder with `dualprocess models get ID`, and put this file into it as %s")
        .formatted(
            kind,
            generator
                ? "transformer/" + Convention.DIFFUSERS.singleFile()
                : Convention.TRANSFORMERS.singleFile());
  }
}
