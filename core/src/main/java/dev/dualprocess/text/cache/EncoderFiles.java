package dev.dualprocess.text.cache;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import com.google.common.io.MoreFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The files that an encoder reads: weights, configs and tokenizers of its folders. Where they lie
 * does not matter.
 */
record EncoderFiles(List<Path> files) {
  private static final Set<String> READ = Set.of("json", "safetensors", "txt", "model");
  private static final String WEIGHTS = "safetensors";

  static EncoderFiles of(List<Path> parts) throws IOException {
    List<Path> files = new ArrayList<>();
    for (Path part : parts) {
      try (Stream<Path> inside = Files.list(part)) {
        inside
            .filter(file -> READ.contains(MoreFiles.getFileExtension(file)))
            .filter(Files::isRegularFile)
            .sorted()
            .forEach(files::add);
      } catch (UncheckedIOException e) {
        throw e.getCause();
      }
    }
    return new EncoderFiles(files);
  }

  /** Bytes of all weights. */
  long weightBytes() throws IOException {
    long bytes = 0;
    for (Path file : files) {
      bytes += MoreFiles.getFileExtension(file).equals(WEIGHTS) ? Files.size(file) : 0;
    }
    return bytes;
  }

  /** SHA-256 of the names and the {@link FileFingerprint} of each. */
  String fingerprint() throws IOException {
    Hasher hasher = Hashing.sha256().newHasher();
    for (Path file : files) {
      Path part = file.toAbsolutePath().getParent();
      String name = (part == null ? "" : part.getFileName()) + "/" + file.getFileName();
      hasher.putUnencodedChars(name + "\n" + FileFingerprint.of(file) + "\n");
    }
    return hasher.hash().toString();
  }
}
