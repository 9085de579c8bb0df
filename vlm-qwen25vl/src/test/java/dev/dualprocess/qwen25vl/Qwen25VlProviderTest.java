package dev.dualprocess.qwen25vl;

import dev.dualprocess.testing.ProviderContract;

/** Found as {@code qwen2.5-vl}. */
class Qwen25VlProviderTest extends ProviderContract {
  Qwen25VlProviderTest() {
    super(new Qwen25VlProvider(), "qwen2.5-vl", new Qwen25Family().checkpoint(), "idefics2");
  }
}
