/** Idefics2 and SmolVLM as verifiers. */
open module dev.dualprocess.idefics2 {
  requires transitive dev.dualprocess.core;

  exports dev.dualprocess.idefics2;
  exports dev.dualprocess.smolvlm;

  provides dev.dualprocess.spi.VerifierProvider with
      dev.dualprocess.idefics2.Idefics2Provider,
      dev.dualprocess.smolvlm.SmolVlmProvider;
}
