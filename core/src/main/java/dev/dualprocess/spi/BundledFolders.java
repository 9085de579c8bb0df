package dev.dualprocess.spi;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A generator and a verifier that come inside a jar, under a name by which users ask for either.
 * Found by {@link java.util.ServiceLoader}.
 */
public interface BundledFolders {
  /** Unique among bundles, and no provider's name. */
  String name();

  /** The generator's folder, unpacked. */
  Path generator() throws IOException;

  /** The verifier's folder, unpacked. */
  Path verifier() throws IOException;

  /** Those that the thread's {@link Providers plug-ins} bring. */
  static Services<BundledFolders> installed() {
    return installed(PluginClassLoader.ofThread());
  }

  /** Those that a class loader sees. */
  static Services<BundledFolders> installed(ClassLoader loader) {
    return Services.find(
        "pairs of bundled models", BundledFolders.class, BundledFolders::name, loader);
  }
}
