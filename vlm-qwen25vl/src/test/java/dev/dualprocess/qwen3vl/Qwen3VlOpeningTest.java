package dev.dualprocess.qwen3vl;

import dev.dualprocess.testing.VlmOpeningContract;

class Qwen3VlOpeningTest extends VlmOpeningContract {
  Qwen3VlOpeningTest() {
    super(new Qwen3Family());
  }
}
