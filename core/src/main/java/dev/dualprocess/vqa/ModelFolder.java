package dev.dualprocess.vqa;

import dev.dualprocess.spi.ModelName;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.tensor.TensorOwner;
import dev.dualprocess.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.LongStream;

/**
 * The folder a vision-language model is read from, with what every family finds there. Owns the
 * tokenizer and the model's tensors.
 *
 * @param path of the folder
 * @param placement where the weights go
 * @param tokenizer of the language model
 * @param generationTokens where free answers end, and what is never in them
 * @param owner of the weights
 */
record ModelFolder(
    Path path,
    Placement placement,
    Tokenizer tokenizer,
    GenerationTokens generationTokens,
    TensorOwner owner)
    implements AutoCloseable {
  /** Builds a model of what an open folder has. */
  @FunctionalInterface
  interface Builder<M> {
    /** The model, which closes {@code folder} with itself. */
    M build(ModelFolder folder) throws IOException;
  }

  /**
   * Opens a folder and builds a model on it; closes the folder again if that fails.
   *
   * @throws IOException in one line, if files are missing, broken, or do not fit each other
   */
  static <M> M open(Path path, Placement placement, Builder<M> builder) throws IOException {
    GenerationTokens generationTokens = GenerationTokens.read(path);
    ModelFolder folder =
        new ModelFolder(path, placement, Tokenizer.open(path), generationTokens, new TensorOwner());
    try {
      return builder.build(folder);
    } catch (IOException | RuntimeException e) {
      folder.close();
      throw e;
    }
  }

  /** What people call the model. */
  String name() {
    return ModelName.of(path);
  }

  /**
   * Refuses a config.json whose image token is another one than the tokenizer's.
   *
   * @throws IOException in one line, naming both
   */
  void requireToken(ImageToken token) throws IOException {
    long[] ids = tokenizer.encodePlain(token.text());
    if (LongStream.of(ids).noneMatch(id -> id == token.id())) {
      throw new IOException(
          "%s: image_token_id is %d, but '%s' is %s for the tokenizer beside it"
              .formatted(
                  path.resolve("config.json"), token.id(), token.text(), Arrays.toString(ids)));
    }
  }

  @Override
  public void close() {
    tokenizer.close();
    owner.close();
  }
}
