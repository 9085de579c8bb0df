package dev.dualprocess.qwen3vl;

import dev.dualprocess.testing.VlmDamageContract;

class Qwen3VlDamageTest extends VlmDamageContract {
  Qwen3VlDamageTest() {
    super(new Qwen3Family());
  }
}
