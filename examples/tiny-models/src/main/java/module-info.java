/** The bundled tiny models. */
open module dev.dualprocess.tiny {
  requires transitive dev.dualprocess.core;

  exports dev.dualprocess.tiny;

  provides dev.dualprocess.spi.BundledFolders with
      dev.dualprocess.tiny.TinyFolders;
}
