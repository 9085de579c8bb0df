/** Qwen2.5-VL as a verifier. */
open module dev.dualprocess.qwen25vl {
  requires transitive dev.dualprocess.core;

  exports dev.dualprocess.qwen25vl;

  provides dev.dualprocess.spi.VerifierProvider with
      dev.dualprocess.qwen25vl.Qwen25VlProvider;
}
