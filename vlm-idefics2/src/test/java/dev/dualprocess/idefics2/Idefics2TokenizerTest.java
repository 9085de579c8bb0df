package dev.dualprocess.idefics2;

import dev.dualprocess.testing.TokenizerCases;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Every string of {@code tokenizers/idefics2.json}. */
class Idefics2TokenizerTest {
  @Test
  void idsAndTextsAreTheSame() throws IOException {
    TokenizerCases.assertAll("idefics2");
  }
}
