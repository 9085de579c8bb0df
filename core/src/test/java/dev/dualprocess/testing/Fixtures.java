package dev.dualprocess.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.common.primitives.Longs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * The golden data. It is looked for in this order: the folder that the system property {@value
 * #PROPERTY} names; a folder {@value #RESOURCE} on the class path, such as a plug-in's {@code
 * src/test/resources/fixtures}; this repository's own, if the tests run inside it. Whose it is does
 * not matter: tests take sizes, names and cases from the files they find.
 */
public final class Fixtures {
  private static final String PROPERTY = "fixtures.dir";
  private static final String RESOURCE = "fixtures";
  private static final String OWN = "core/src/test/fixtures";

  private Fixtures() {}

  /**
   * The path of a file or folder in the golden data; this repository's own where the family has
   * nothing of that name's first folder.
   */
  public static Path path(String name) {
    Path root = root();
    return Files.exists(root.resolve(Path.of(name).getName(0)))
        ? root.resolve(name)
        : own().orElse(root).resolve(name);
  }

  /**
   * A file of {@code fullsize/}, which lists the tensors of real checkpoints; this repository's own
   * where the family has none.
   */
  public static Path fullsize(String name) {
    Path given = path("fullsize").resolve(name);
    return Files.exists(given)
        ? given
        : own().orElseThrow(Fixtures::none).resolve("fullsize").resolve(name);
  }

  /** Every tensor of a real checkpoint, by its key: the shape. */
  public static Map<String, List<Long>> fullsizeShapes(String model) {
    Map<String, List<Long>> shapes = new TreeMap<>();
    for (Map.Entry<String, JsonNode> tensor :
        json(fullsize(model + ".json")).get("tensors").properties()) {
      shapes.put(tensor.getKey(), Longs.asList(longs(tensor.getValue())));
    }
    return shapes;
  }

  /** A JSON file of the golden data. */
  public static JsonNode json(String name) {
    return json(path(name));
  }

  /** Any JSON file. */
  public static JsonNode json(Path path) {
    try {
      return JsonMapper.builder().build().readTree(path.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The integers of a JSON array. */
  public static long[] longs(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).mapToLong(JsonNode::asLong).toArray();
  }

  /** The tensors of {@code name.safetensors} beside {@code name.json}. */
  public static Golden golden(String name) {
    return Golden.open(path(name + ".safetensors"));
  }

  private static Path root() {
    String given = System.getProperty(PROPERTY, "");
    return given.isBlank()
        ? onTheClassPath().or(Fixtures::own).orElseThrow(Fixtures::none)
        : named(given);
  }

  /** As it is given, or from the project's folder. */
  private static Path named(String folder) {
    Path asGiven = Path.of(folder);
    return Files.isDirectory(asGiven)
        ? asGiven
        : repository().map(root -> root.resolve(folder)).orElse(asGiven);
  }

  private static Optional<Path> onTheClassPath() {
    URL found = Thread.currentThread().getContextClassLoader().getResource(RESOURCE);
    return Optional.ofNullable(found)
        .filter(url -> url.getProtocol().equals("file"))
        .map(url -> Path.of(URI.create(url.toString())));
  }

  private static Optional<Path> own() {
    return repository().map(root -> root.resolve(OWN));
  }

  private static IllegalStateException none() {
    return new IllegalStateException(
        "no golden data: name its folder with -D%s=FOLDER, or put a folder '%s' on the class path"
            .formatted(PROPERTY, RESOURCE));
  }

  /** The folder of the parent pom, found upwards of where the test runs. */
  public static Path projectRoot() {
    return repository()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "run the tests inside the project: no " + OWN + " above here"));
  }

  private static Optional<Path> repository() {
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null && !Files.isDirectory(folder.resolve(OWN))) {
      folder = folder.getParent();
    }
    return Optional.ofNullable(folder);
  }

  /** Names of the cases {@code folder/prefix*.json}, without the ending. */
  public static List<String> cases(String folder, String prefix) {
    try (Stream<Path> files = Files.list(path(folder))) {
      List<String> found =
          files
              .map(file -> file.getFileName().toString())
              .filter(file -> file.startsWith(prefix) && file.endsWith(".json"))
              .map(file -> folder + "/" + file.substring(0, file.length() - ".json".length()))
              .sorted()
              .toList();
      if (found.isEmpty()) {
        throw new IllegalStateException("no golden cases " + folder + "/" + prefix + "*.json");
      }
      return found;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
