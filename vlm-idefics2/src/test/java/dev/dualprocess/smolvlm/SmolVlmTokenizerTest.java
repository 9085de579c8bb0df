package dev.dualprocess.smolvlm;

import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.testing.TokenizerCases;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Every string of {@code smolvlm/tokenizer.json}. */
class SmolVlmTokenizerTest {
  @Test
  void idsAndTextsAreTheSame() throws IOException {
    TokenizerCases.assertAll(Fixtures.json(SmolVlmFamily.FOLDER + "tokenizer.json"));
  }
}
