package dev.dualprocess.vqa;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dualprocess.config.ConfigFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where a checkpoint's folder says what becomes of an image: {@code image_processor} inside {@code
 * processor_config.json}, as transformers 5 writes it, else {@code preprocessor_config.json}. Where
 * both are there the first one counts, as in transformers 5.
 */
public final class ProcessorFile {
  private static final String NESTED = "processor_config.json";
  private static final String ALONE = "preprocessor_config.json";

  private ProcessorFile() {}

  /**
   * The image processor's fields, with the file they stand in.
   *
   * @throws IOException in one line, if neither file has them
   */
  public static ConfigFile read(Path folder) throws IOException {
    Path nested = folder.resolve(NESTED);
    if (Files.isRegularFile(nested)) {
      JsonNode fields = ConfigFile.read(nested).root().path("image_processor");
      if (fields.isObject()) {
        return new ConfigFile(nested, fields);
      }
    }
    Path alone = folder.resolve(ALONE);
    if (Files.isRegularFile(alone)) {
      return ConfigFile.read(alone);
    }
    throw new IOException(
        "%s: no %s here, nor a %s with image_processor inside".formatted(folder, ALONE, NESTED));
  }
}
