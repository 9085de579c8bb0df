package dev.dualprocess.qwen3vl;

import dev.dualprocess.testing.VlmContract;

/** The model as a verifier. */
class Qwen3VlTest extends VlmContract {
  Qwen3VlTest() {
    super(new Qwen3Family());
  }
}
