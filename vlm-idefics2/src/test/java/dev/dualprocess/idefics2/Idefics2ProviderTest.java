package dev.dualprocess.idefics2;

import dev.dualprocess.testing.ProviderContract;

/** Found as {@code idefics2}. */
class Idefics2ProviderTest extends ProviderContract {
  Idefics2ProviderTest() {
    super(new Idefics2Provider(), "idefics2", new Idefics2Family().checkpoint(), "qwen2_5_vl");
  }
}
