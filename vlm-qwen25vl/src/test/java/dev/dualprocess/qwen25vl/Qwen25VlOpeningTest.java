package dev.dualprocess.qwen25vl;

import dev.dualprocess.testing.VlmOpeningContract;

class Qwen25VlOpeningTest extends VlmOpeningContract {
  Qwen25VlOpeningTest() {
    super(new Qwen25Family());
  }
}
