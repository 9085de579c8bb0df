/** Idefics2 as a verifier. */
open module dev.dualprocess.idefics2 {
  requires transitive dev.dualprocess.core;

  exports dev.dualprocess.idefics2;

  provides dev.dualprocess.spi.VerifierProvider with
      dev.dualprocess.idefics2.Idefics2Provider;
}
