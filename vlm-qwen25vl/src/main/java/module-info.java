/** Qwen2.5-VL and Qwen3-VL as verifiers. */
open module dev.dualprocess.qwen25vl {
  requires transitive dev.dualprocess.core;

  exports dev.dualprocess.qwen25vl;
  exports dev.dualprocess.qwen3vl;

  provides dev.dualprocess.spi.VerifierProvider with
      dev.dualprocess.qwen25vl.Qwen25VlProvider,
      dev.dualprocess.qwen3vl.Qwen3VlProvider;
}
