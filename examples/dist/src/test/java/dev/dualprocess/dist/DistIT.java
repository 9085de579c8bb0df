package dev.dualprocess.dist;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The archive, unpacked in an empty folder where the path holds no Java, only base tools. */
@DisabledOnOs(OS.WINDOWS)
class DistIT {
  private static final List<String> TOOLS = List.of("sh", "readlink", "dirname");
  private static final int MINUTES = 9;

  /** JavaCPP copies OpenBLAS to have it under a second name. */
  private static final long MOST_UNPACKED = 48 << 20;

  @TempDir private static Path folder;

  @BeforeAll
  static void unpack() throws Exception {
    run(folder, System.getenv(), "tar", "xf", System.getProperty("archive"));
    Path tools = Files.createDirectory(folder.resolve("tools"));
    for (String tool : TOOLS) {
      Files.createSymbolicLink(tools.resolve(tool), found(tool));
    }
  }

  @Test
  void whatIsInsideIsListedWithItsLicences() throws IOException {
    Path unpacked = folder.resolve(System.getProperty("name"));
    String licences = Files.readString(unpacked.resolve("THIRD-PARTY.txt"));
    String parts = Files.readString(unpacked.resolve("sbom.cdx.json"));
    List<String> unlisted;
    try (Stream<Path> jars = Files.list(unpacked.resolve("lib"))) {
      unlisted =
          jars.map(jar -> String.valueOf(jar.getFileName()).replaceFirst("-\\d+\\.\\d.*", ""))
              .filter(name -> !parts.contains("\"name\" : \"" + name + "\""))
              .toList();
    }
    assertEquals(List.of(), unlisted);
    assertTrue(licences.contains("(Apache-2.0)") && licences.contains("org.bytedeco:pytorch:"));
    assertTrue(Files.exists(unpacked.resolve("SECURITY.md")));
  }

  private static Path found(String tool) {
    return Stream.of("/bin", "/usr/bin")
        .map(bin -> Path.of(bin, tool))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow();
  }

  private static String program(String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(folder.resolve(System.getProperty("name")).resolve("bin/dualprocess").toString());
    command.addAll(List.of(arguments));
    Path home = Files.createDirectories(folder.resolve("home"));
    Map<String, String> bare =
        Map.of(
            "PATH", folder.resolve("tools").toString(),
            "HOME", home.toString(),
            "JAVA_OPTS", "-Duser.home=" + home);
    return run(folder, bare, command.toArray(String[]::new));
  }

  private static String run(Path where, Map<String, String> environment, String... command)
      throws Exception {
    Path log = Files.createTempFile("output", ".log");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(where.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    Process process = builder.start();
    boolean ended = process.waitFor(MINUTES, TimeUnit.MINUTES);
    process.destroyForcibly();
    String output = Files.readString(log);
    Files.delete(log);
    assertEquals(0, ended ? process.exitValue() : -1, output);
    return output;
  }

  @Test
  void doctorTellsWhatIsThere() throws Exception {
    String output = program("doctor");
    assertTrue(output.contains("libtorch"), output);
    assertTrue(output.contains(folder.resolve(System.getProperty("name")).toString()), output);
  }

  @Test
  void theDemoRunsAndDoesNotUnpackLibtorch() throws Exception {
    program("demo", "--steps", "20", "--out", "demo");
    assertTrue(Files.size(folder.resolve("demo/lora.safetensors")) > 0);
    assertTrue(Files.size(folder.resolve("demo/before-after.png")) > 0);
    long unpacked = nativesIn(folder.resolve("home"));
    assertTrue(unpacked < MOST_UNPACKED, unpacked + " bytes of libraries lie there once more");
  }

  /** Bytes of libraries in files, not links. */
  private static long nativesIn(Path home) throws IOException {
    try (Stream<Path> files = Files.walk(home)) {
      return files
          .filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
          .filter(file -> file.toString().matches(".*\\.(so|dylib)(\\.\\d+)*"))
          .mapToLong(file -> file.toFile().length())
          .sum();
    }
  }
}
