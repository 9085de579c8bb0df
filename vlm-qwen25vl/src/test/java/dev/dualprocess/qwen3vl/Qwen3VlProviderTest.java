package dev.dualprocess.qwen3vl;

import dev.dualprocess.testing.ProviderContract;

/** Found as {@code qwen3-vl}; the family's mixture of experts is another. */
class Qwen3VlProviderTest extends ProviderContract {
  Qwen3VlProviderTest() {
    super(new Qwen3VlProvider(), "qwen3-vl", new Qwen3Family().checkpoint(), "qwen3_vl_moe");
  }
}
