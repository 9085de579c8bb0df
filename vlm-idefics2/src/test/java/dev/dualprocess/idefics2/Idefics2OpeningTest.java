package dev.dualprocess.idefics2;

import dev.dualprocess.testing.VlmOpeningContract;

class Idefics2OpeningTest extends VlmOpeningContract {
  Idefics2OpeningTest() {
    super(new Idefics2Family());
  }
}
