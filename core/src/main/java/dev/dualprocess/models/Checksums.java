package dev.dualprocess.models;

import com.google.common.hash.Hashing;
import com.google.common.io.MoreFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** SHA-256 of a model's files, by which a run's config says which models it used. */
public final class Checksums {
  private Checksums() {}

  /** The SHA-256 of a file, in hex. */
  public static String sha256(Path file) throws IOException {
    return MoreFiles.asByteSource(file).hash(Hashing.sha256()).toString();
  }

  /**
   * File name to SHA-256 of every JSON, safetensors and text file in a model's folder. A hub
   * snapshot's large files are links to blobs that are named by their SHA-256, so nothing has to be
   * read for them.
   */
  public static Map<String, String> ofModel(Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> walk = Files.walk(folder)) {
      files = walk.filter(Files::isRegularFile).filter(Checksums::counts).toList();
    }
    Map<String, String> sums = new TreeMap<>();
    for (Path file : files) {
      String blob = file.toRealPath().getFileName().toString();
      String sum = blob.matches("[0-9a-f]{64}") ? blob : sha256(file);
      sums.put(folder.relativize(file).toString().replace('\\', '/'), sum);
    }
    return sums;
  }

  private static boolean counts(Path file) {
    String name = file.getFileName().toString();
    return name.endsWith(".json") || name.endsWith(".safetensors") || name.endsWith(".txt");
  }
}
