package dev.dualprocess.smolvlm;

import dev.dualprocess.testing.VlmOpeningContract;

class SmolVlmOpeningTest extends VlmOpeningContract {
  SmolVlmOpeningTest() {
    super(new SmolVlmFamily());
  }
}
