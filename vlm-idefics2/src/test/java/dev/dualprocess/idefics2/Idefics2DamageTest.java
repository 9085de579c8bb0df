package dev.dualprocess.idefics2;

import dev.dualprocess.testing.VlmDamageContract;

class Idefics2DamageTest extends VlmDamageContract {
  Idefics2DamageTest() {
    super(new Idefics2Family());
  }
}
