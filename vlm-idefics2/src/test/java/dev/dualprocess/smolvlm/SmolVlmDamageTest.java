package dev.dualprocess.smolvlm;

import dev.dualprocess.testing.VlmDamageContract;

class SmolVlmDamageTest extends VlmDamageContract {
  SmolVlmDamageTest() {
    super(new SmolVlmFamily());
  }
}
