package dev.dualprocess.qwen25vl;

import dev.dualprocess.testing.VlmContract;

/** The model as a verifier. */
class Qwen25VlTest extends VlmContract {
  Qwen25VlTest() {
    super(new Qwen25Family());
  }
}
