package dev.dualprocess.smolvlm;

import dev.dualprocess.testing.ProviderContract;

/** Found as {@code smolvlm}. */
class SmolVlmProviderTest extends ProviderContract {
  SmolVlmProviderTest() {
    super(new SmolVlmProvider(), "smolvlm", new SmolVlmFamily().checkpoint(), "idefics2");
  }
}
