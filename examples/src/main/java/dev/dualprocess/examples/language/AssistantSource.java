package dev.dualprocess.examples.language;

import dev.dualprocess.Verifier;
import dev.dualprocess.examples.models.ModelSource;
import dev.dualprocess.language.Assistant;
import dev.dualprocess.language.VlmAssistant;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.vqa.VqaVerifier;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A language model as a user names it: {@code openai:MODEL} behind an endpoint, else a verifier's
 * name, which answers on this machine.
 *
 * @param named what the user wrote
 * @param local the model's files, if it is on this machine
 * @param endpoint what the environment says, if it is not
 */
public record AssistantSource(
    String named, Optional<ModelSource<Verifier>> local, Optional<Endpoint> endpoint) {
  private static final String REMOTE = "openai:";

  /**
   * The model of that name.
   *
   * @param endpoint asked only for a model that is not local
   */
  public static AssistantSource of(String named, Supplier<Endpoint> endpoint) throws IOException {
    return named.startsWith(REMOTE)
        ? new AssistantSource(named, Optional.empty(), Optional.of(endpoint.get()))
        : new AssistantSource(named, Optional.of(ModelSource.verifier(named)), Optional.empty());
  }

  /** Opens it; the caller closes it. A model behind an endpoint may be used by many threads. */
  public Assistant open(Placement placement) throws IOException {
    if (local.isEmpty()) {
      return new OpenAiAssistant(named.substring(REMOTE.length()), endpoint.orElseThrow());
    }
    Verifier verifier = local.get().open(placement);
    if (verifier instanceof VqaVerifier vqa) {
      return new Owning(vqa);
    }
    verifier.close();
    throw new IOException(named + ": this verifier only judges images, it cannot answer a text");
  }

  /** A local assistant that closes its model with itself. */
  private record Owning(VqaVerifier verifier) implements Assistant {
    @Override
    public String name() {
      return verifier.name();
    }

    @Override
    public Reply reply(Request request) {
      return new VlmAssistant(verifier).reply(request);
    }

    @Override
    public void close() {
      verifier.close();
    }
  }
}
