package dev.dualprocess.consumer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Programs that know this library as any stranger does: by its artifacts in a repository and its
 * documents.
 */
class ConsumerIT {
  private static final Path WORK = Path.of("target", "strangers").toAbsolutePath();
  private static final Path PROJECTS = Path.of("src", "projects");
  private static final String NATIVE_ACCESS = "--enable-native-access=ALL-UNNAMED";
  private static final int MOST_JARS = 30;

  /** What no library may bring along: test frameworks, logging back ends, Kotlin, charts, PDF. */
  private static final Pattern UNWANTED =
      Pattern.compile(
          "(junit|jupiter|jqwik|opentest4j|archunit|pdfbox|kotlin|xchart|jfreechart|logback"
              + "|log4j-core|slf4j-(simple|nop|jdk14|reload4j)|picocli|okhttp).*");

  private static Path repository;
  private static Path app;
  private static List<String> readme;

  @BeforeAll
  static void build() throws Exception {
    repository = ReactorRepository.in(WORK.resolve("repository"));
    app = copy(PROJECTS.resolve("class-path"), WORK.resolve("class-path"));
    Path sources = app.resolve("src/main/java");
    readme = Snippets.write(ReactorRepository.root().resolve("README.md"), sources);
    Snippets.write(ReactorRepository.root().resolve("docs/embedding.md"), sources);
    Program.maven(app, repository, "package");
  }

  private static Path copy(Path from, Path to) throws IOException {
    Files.walkFileTree(
        from,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes is) throws IOException {
            Path target = to.resolve(from.relativize(file).toString());
            Files.createDirectories(target.getParent());
            Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
            return FileVisitResult.CONTINUE;
          }
        });
    return to;
  }

  @Test
  void theClassPathIsShortAndHoldsOnlyWhatIsNeeded() throws IOException {
    List<String> jars = jars();
    assertTrue(jars.size() <= MOST_JARS, jars.size() + " jars: " + jars);
    assertEquals(List.of(), jars.stream().filter(jar -> UNWANTED.matcher(jar).matches()).toList());
  }

  private static List<String> jars() throws IOException {
    try (Stream<Path> files = Files.list(app.resolve("target/lib"))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void theProgramOfTheReadmeRunsAsPasted() throws Exception {
    assertEquals(1, readme.size(), "one program");
    Path folder = Files.createDirectories(WORK.resolve("readme"));
    String output =
        Program.java(
            Program.javaHome(),
            folder,
            NATIVE_ACCESS,
            "-cp",
            Program.classPath(app.resolve("target/lib"), app.resolve("target/classes")),
            readme.get(0));
    try (Stream<Path> made = Files.list(folder)) {
      List<String> names = made.map(file -> file.getFileName().toString()).toList();
      assertTrue(names.stream().anyMatch(name -> name.endsWith(".safetensors")), names + output);
      assertTrue(names.stream().anyMatch(name -> name.endsWith(".png")), names + output);
    }
    assertTrue(output.lines().count() > 3, output);
  }

  @Test
  void oneJarOfEverythingKeepsAllServices() throws Exception {
    String output =
        Program.java(
            Program.javaHome(), WORK, NATIVE_ACCESS, "-jar", "class-path/target/app-1-shaded.jar");
    assertListed(output);
  }

  @Test
  void newerJavasRunIt() throws Exception {
    for (Path home : Program.newerJavas()) {
      String output =
          Program.java(
              home,
              WORK,
              NATIVE_ACCESS,
              "-cp",
              Program.classPath(app.resolve("target/lib"), app.resolve("target/classes")),
              "app.Listed");
      assertListed(output);
      assertFalse(output.contains("restricted method"), home + output);
    }
  }

  @Test
  void theModulePathWorks() throws Exception {
    Path modular = copy(PROJECTS.resolve("module-path"), WORK.resolve("module-path"));
    Program.maven(modular, repository, "package");
    String output =
        Program.java(
            Program.javaHome(),
            modular,
            "--module-path",
            "target/lib:target/modular-app-1.jar",
            "--add-modules",
            nativeModules(),
            "-m",
            "app/app.Listed");
    assertListed(output);
  }

  @Test
  void theTemplateOfAPlugInBuildsWhereItIsCopied() throws Exception {
    Path template = ReactorRepository.root().resolve("examples/plugin-template");
    Path copy = copy(template, WORK.resolve("plugin"));
    String output = Program.maven(copy, repository, "package");
    assertTrue(
        output.matches("(?s).*Tests run: \\d+, Failures: 0, Errors: 0, Skipped: 0.*"), output);
    try (Stream<Path> files = Files.list(copy.resolve("target"))) {
      Path jar = files.filter(file -> file.toString().endsWith(".jar")).findFirst().orElseThrow();
      String listed =
          Program.java(
              Program.javaHome(),
              WORK,
              NATIVE_ACCESS,
              "-cp",
              Program.classPath(app.resolve("target/lib"), app.resolve("target/classes"), jar),
              "app.Listed");
      assertTrue(listed.contains("verifiers [qwen2.5-vl, qwen3-vl, symmetry]"), listed);
    }
  }

  /** Libraries that no module requires, since which they are is the program's choice. */
  private static String nativeModules() {
    String platform = System.getProperty("natives").replace('-', '.');
    return Stream.of("pytorch", "openblas", "javacpp")
        .map(library -> "org.bytedeco." + library + "." + platform)
        .collect(Collectors.joining(","));
  }

  private static void assertListed(String output) {
    assertTrue(output.contains("generators [flux]"), output);
    assertTrue(output.contains("verifiers [qwen2.5-vl, qwen3-vl]"), output);
    assertTrue(output.contains("drawn 64x64"), output);
  }

  @Test
  void whatIsMissingIsNamedByEveryFirstCall() throws Exception {
    Path lib = copy(app.resolve("target/lib"), WORK.resolve("without-natives"));
    try (Stream<Path> files = Files.list(lib)) {
      for (Path jar : files.filter(ConsumerIT::isNative).toList()) {
        Files.delete(jar);
      }
    }
    String output =
        Program.java(
            Program.javaHome(),
            WORK,
            "-cp",
            Program.classPath(lib, app.resolve("target/classes")),
            "app.Bare");
    String named =
        "the dependency dev.dualprocess:dualprocess-natives-" + System.getProperty("natives");
    assertEquals(
        List.of("automatic", "generator", "verifier", "threads"),
        output
            .lines()
            .filter(line -> line.contains("IllegalStateException") && line.contains(named))
            .map(line -> line.substring(0, line.indexOf(':')))
            .toList(),
        output);
  }

  private static boolean isNative(Path jar) {
    return jar.getFileName().toString().matches(".*-(linux|macosx|windows)-[a-z0-9_]+\\.jar");
  }
}
