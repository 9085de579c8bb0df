package dev.dualprocess.qwen25vl;

import dev.dualprocess.testing.VlmDamageContract;

class Qwen25VlDamageTest extends VlmDamageContract {
  Qwen25VlDamageTest() {
    super(new Qwen25Family());
  }
}
