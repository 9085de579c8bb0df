package dev.dualprocess.cli.language;

import dev.dualprocess.language.Assistant;
import dev.dualprocess.language.AssistantSource;
import dev.dualprocess.language.LocalAssistantSource;
import dev.dualprocess.models.ModelSource;
import dev.dualprocess.tensor.Placement;
import java.io.IOException;
import java.util.function.Supplier;

/**
 * A language model behind an endpoint, {@code openai:MODEL}. It may be used by many threads.
 *
 * @param named what the user wrote
 * @param endpoint where it answers
 */
public record OpenAiSource(String named, Endpoint endpoint) implements AssistantSource {
  private static final String REMOTE = "openai:";

  /**
   * The model of that name: behind the endpoint, else a verifier's name, which answers on this
   * machine.
   *
   * @param endpoint asked only for a model that is not local
   */
  public static AssistantSource of(String named, Supplier<Endpoint> endpoint) throws IOException {
    return named.startsWith(REMOTE)
        ? new OpenAiSource(named, endpoint.get())
        : new LocalAssistantSource(ModelSource.verifier(named));
  }

  @Override
  public Assistant open(Placement placement) {
    return new OpenAiAssistant(named.substring(REMOTE.length()), endpoint);
  }
}
