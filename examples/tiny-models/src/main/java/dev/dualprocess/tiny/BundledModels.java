package dev.dualprocess.tiny;

import com.google.common.hash.Hashing;
import com.google.common.io.Resources;
import dev.dualprocess.models.Checksums;
import dev.dualprocess.weights.AtomicFile;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;

/**
 * The tiny trained models inside this jar. Weights are mapped from files, so they are unpacked
 * once, into the folder that the system property {@code dualprocess.cache} names, else into the
 * user's cache folder; what is there already is checked against its SHA-256.
 */
public final class BundledModels {
  /** The name by which users ask for them. */
  public static final String NAME = "tiny";

  /** The bundled generator's folder. */
  private static final String GENERATOR = "tiny-flux";

  /** The bundled verifier's folder. */
  private static final String VERIFIER = "tiny-qwen2.5-vl";

  static final String INDEX = "index.sha256";

  private BundledModels() {}

  /** The bundled generator's folder, unpacked. */
  public static Path generator() throws IOException {
    return unpack(GENERATOR);
  }

  /** The bundled verifier's folder, unpacked. */
  public static Path verifier() throws IOException {
    return unpack(VERIFIER);
  }

  private static Path unpack(String model) throws IOException {
    String index = Resources.toString(resource(INDEX), StandardCharsets.UTF_8);
    String version = Hashing.sha256().hashString(index, StandardCharsets.UTF_8).toString();
    Path home = cache().resolve("models-" + version.substring(0, 12));
    List<String> lines = index.lines().filter(line -> line.contains("  " + model + "/")).toList();
    for (String line : lines) {
      String checksum = line.substring(0, 64);
      String file = line.substring(66);
      Path target = home.resolve(file);
      if (!Files.isRegularFile(target) || !Checksums.sha256(target).equals(checksum)) {
        unpackFile(file, target);
        if (!Checksums.sha256(target).equals(checksum)) {
          throw new IOException(
              "%s: not what the jar's list of checksums says; build the jar again"
                  .formatted(target));
        }
      }
    }
    return home.resolve(model);
  }

  private static void unpackFile(String file, Path target) throws IOException {
    AtomicFile.write(
        target,
        temporary -> {
          try (InputStream in = resource(file).openStream()) {
            Files.copy(in, temporary, StandardCopyOption.REPLACE_EXISTING);
          }
        });
  }

  static URL resource(String name) {
    return Resources.getResource(BundledModels.class, name);
  }

  private static Path cache() {
    Optional<String> given = Optional.ofNullable(System.getProperty("dualprocess.cache"));
    Optional<String> xdg =
        Optional.ofNullable(System.getenv("XDG_CACHE_HOME")).filter(dir -> !dir.isBlank());
    Path home = Path.of(System.getProperty("user.home"), ".cache");
    return given
        .map(Path::of)
        .orElseGet(() -> xdg.map(Path::of).orElse(home).resolve("dualprocess"));
  }
}
