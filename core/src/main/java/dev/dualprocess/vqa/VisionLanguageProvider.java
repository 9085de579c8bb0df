package dev.dualprocess.vqa;

import dev.dualprocess.Verifier;
import dev.dualprocess.config.ConfigFile;
import dev.dualprocess.spi.LoadOptions;
import dev.dualprocess.spi.VerifierProvider;
import dev.dualprocess.tensor.Placement;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Opens vision-language models of one family as verifiers, in the layout of the hub. */
public interface VisionLanguageProvider extends VerifierProvider {
  /** What {@code model_type} is in the family's config.json. */
  String modelType();

  /**
   * Reads the configuration of the model in a folder, and no weights.
   *
   * @throws IOException in one line, if files are missing, broken, or do not fit each other
   */
  Architecture architecture(Path folder) throws IOException;

  @Override
  default Set<String> reads() {
    return Set.of(modelType());
  }

  @Override
  default boolean supports(Path folder) {
    Path config = folder.resolve("config.json");
    return reads().stream().anyMatch(type -> ConfigFile.says(config, "model_type", type));
  }

  /** All that a folder of transformers has at its top. */
  @Override
  default List<String> files() {
    return List.of("*.json", "*.safetensors", "*.model", "merges.txt", "vocab.txt");
  }

  @Override
  default Verifier open(Optional<Path> folder, Placement placement) throws IOException {
    return open(folder, LoadOptions.at(placement));
  }

  @Override
  default Verifier open(Optional<Path> folder, LoadOptions opening) throws IOException {
    Path path = requireFolder(folder);
    return new VqaVerifier(VisionLanguageModel.open(path, architecture(path), opening));
  }
}
