package dev.dualprocess.qwen25vl;

import dev.dualprocess.testing.TokenizerCases;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Every string of {@code tokenizers/qwen.json}. */
class QwenTokenizerTest {
  @Test
  void idsAndTextsAreTheSame() throws IOException {
    TokenizerCases.assertAll("qwen");
  }
}
