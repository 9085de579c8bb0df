package dev.dualprocess.cli.language;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.language.Assistant;
import dev.dualprocess.language.Assistant.Reply;
import dev.dualprocess.language.Assistant.Request;
import dev.dualprocess.language.VlmAssistant;
import dev.dualprocess.spi.Providers;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.vqa.Decoding;
import dev.dualprocess.vqa.VqaVerifier;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A local model as an assistant, on random tiny models: what it says is what the model says. */
class VlmAssistantTest {
  private static final String TEXT = "Is the man smiling?";
  private static final int TOKENS = 12;

  @ParameterizedTest
  @ValueSource(strings = {"tiny-qwen25vl", "tiny-idefics2"})
  void saysWhatTheModelSays(String folder) throws IOException {
    BufferedImage picture = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
    try (VqaVerifier verifier =
            (VqaVerifier) Providers.verifiers().open(Fixtures.path(folder), Placement.CPU);
        Assistant assistant = new VlmAssistant(verifier)) {
      for (Optional<BufferedImage> image :
          List.of(Optional.of(picture), Optional.<BufferedImage>empty())) {
        Reply reply = assistant.reply(new Request(TEXT, image, TOKENS, 0, 0));
        VqaVerifier.Answer answer = verifier.answer(image, TEXT, Decoding.greedy(TOKENS));
        assertEquals(answer.text(), reply.text());
        assertEquals(answer.newTokens(), reply.newTokens());
        assertTrue(reply.promptTokens() > 0);
        // Asked again, it says something else: the most probable answer was no good.
        assertNotEquals(
            reply.text(), assistant.reply(new Request(TEXT, image, TOKENS, 0, 1)).text());
      }
    }
  }
}
