package dev.dualprocess.models;

import dev.dualprocess.Generator;
import dev.dualprocess.Prompt;
import dev.dualprocess.Verifier;
import dev.dualprocess.spi.LoadOptions;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * The door to models. Each is named as on the command line: the path of a model folder, else the
 * name of bundled models ({@code tiny}), else a provider's name, else a hub id found in the local
 * hub cache. To name a model now and open it later, see {@link ModelSource}.
 */
public final class Models {
  private Models() {}

  /**
   * Opens a generator; the caller closes it.
   *
   * @throws IOException in one line, if there is no such model or its files are broken
   */
  public static Generator generator(String pathOrId, LoadOptions how) throws IOException {
    Objects.requireNonNull(pathOrId, "pathOrId");
    Objects.requireNonNull(how, "how");
    return ModelSource.generator(pathOrId).open(how);
  }

  /**
   * Opens a verifier; the caller closes it.
   *
   * @throws IOException in one line, if there is no such model or its files are broken
   */
  public static Verifier verifier(String pathOrId, LoadOptions how) throws IOException {
    Objects.requireNonNull(pathOrId, "pathOrId");
    Objects.requireNonNull(how, "how");
    return ModelSource.verifier(pathOrId).open(how);
  }

  /**
   * Opens both in the order that takes least memory: the generator, whose text encoders read the
   * prompts and leave, then the verifier. The caller closes the pair.
   *
   * @throws IOException in one line, if there is no such model or its files are broken
   */
  public static ModelPair pair(
      String generator, String verifier, LoadOptions how, Prompt... prompts) throws IOException {
    Objects.requireNonNull(generator, "generator");
    Objects.requireNonNull(verifier, "verifier");
    Objects.requireNonNull(how, "how");
    for (Prompt prompt : prompts) {
      Objects.requireNonNull(prompt, "prompt");
    }
    ModelSource<Generator> drawing = ModelSource.generator(generator);
    List<ModelSource<Verifier>> looking = List.of(ModelSource.verifier(verifier));
    List<String> texts = Arrays.stream(prompts).map(Prompt::text).toList();
    return ModelPair.open(drawing, how, texts, looking, how);
  }
}
