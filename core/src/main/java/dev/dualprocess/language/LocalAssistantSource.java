package dev.dualprocess.language;

import dev.dualprocess.Verifier;
import dev.dualprocess.models.ModelSource;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.vqa.VqaVerifier;
import java.io.IOException;

/**
 * A language model on this machine: a verifier's vision-language model, asked for free answers.
 *
 * @param model a verifier that can also answer
 */
public record LocalAssistantSource(ModelSource<Verifier> model) implements AssistantSource {
  @Override
  public String named() {
    return model.named();
  }

  @Override
  public Assistant open(Placement placement) throws IOException {
    Verifier verifier = model.open(placement);
    if (verifier instanceof VqaVerifier vqa) {
      return new Owning(vqa);
    }
    verifier.close();
    throw new IOException(named() + ": this verifier only judges images, it cannot answer a text");
  }

  /** An assistant that closes its model with itself. */
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
