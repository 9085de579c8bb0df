package dev.dualprocess.qwen3vl;

import dev.dualprocess.testing.CheckpointForms;

class CheckpointFormsTest extends CheckpointForms {
  CheckpointFormsTest() {
    super(new Qwen3Family(), "model.language_model.norm.weight");
  }
}
