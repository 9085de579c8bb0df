package dev.dualprocess.qwen3vl;

import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.testing.TokenizerCases;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Every string of {@code qwen3vl/tokenizer.json}. */
class Qwen3TokenizerTest {
  @Test
  void idsAndTextsAreTheSame() throws IOException {
    TokenizerCases.assertAll(Fixtures.json(Qwen3Family.file("tokenizer.json")));
  }
}
