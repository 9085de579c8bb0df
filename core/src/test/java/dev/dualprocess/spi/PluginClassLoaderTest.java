package dev.dualprocess.spi;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.Verifier;
import dev.dualprocess.models.ModelSource;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.testing.PluginJar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Plug-ins in jars of their own: good ones are found, broken ones are named and cost nothing. */
class PluginClassLoaderTest {
  private static final ClassLoader PROGRAM = PluginClassLoader.class.getClassLoader();
  private static final String BAD = "com.example.Bad";

  @TempDir private Path folder;

  private final List<String> told = new ArrayList<>();

  @AfterEach
  void restore() {
    Thread.currentThread().setContextClassLoader(PROGRAM);
  }

  private PluginClassLoader loader(Path... paths) throws IOException {
    return PluginClassLoader.of(List.of(paths), PROGRAM, left -> told.add(left.toString()));
  }

  @Test
  void jarsFoldersOfJarsAndFoldersOfClassesAreFound() throws IOException {
    Path jar = new PluginJar().verifier("a.One", "in-jar").write(folder.resolve("one.jar"));
    Path jars = Files.createDirectory(folder.resolve("jars"));
    new PluginJar().verifier("a.Two", "in-folder").write(jars.resolve("two.jar"));
    Path classes = new PluginJar().verifier("a.Three", "classes").unpacked(folder.resolve("three"));
    try (PluginClassLoader loader = loader(jar, jars, classes)) {
      Providers<Verifier> verifiers = Providers.verifiers(loader);
      assertEquals(Set.of("in-folder", "in-jar", "classes"), verifiers.names());
      assertEquals(
          List.of("three", "two.jar", "one.jar"),
          verifiers.installed().stream().map(each -> each.origin().name()).toList());
      assertTrue(verifiers.installed().stream().allMatch(Installed::plugIn));
      assertTrue(loader.namesProviders());
      assertEquals(List.of(), told);
      LoadOptions onCpu = LoadOptions.at(Placement.CPU);
      try (Verifier opened = ModelSource.verifier("in-jar", loader).open(onCpu)) {
        assertEquals("in-jar", opened.name());
      }
    }
  }

  private static Arguments bad(PluginJar jar, String sentence) {
    return Arguments.of(jar, sentence);
  }

  /** A provider that is all right but for this. */
  private static PluginJar with(String member) {
    return new PluginJar()
        .service(BAD)
        .provider("com.example.Base", "bad")
        .source(BAD, "public class Bad extends Base { %s }".formatted(member));
  }

  private static PluginJar declared(String declaration) {
    return new PluginJar().service(BAD).source(BAD, declaration);
  }

  static List<Arguments> brokenPlugIns() {
    return List.of(
        bad(
            with("public Bad() { throw new IllegalStateException(\"no licence\"); }"),
            "com.example.Bad cannot be made: IllegalStateException: no licence"),
        bad(
            with("static final int N = Integer.parseInt(\"x\");"),
            "com.example.Bad cannot be made: NumberFormatException: For input string"),
        bad(
            with("public String name() { throw new IllegalStateException(\"forgot\\nit\"); }"),
            "com.example.Bad cannot tell its name: IllegalStateException: forgot"),
        bad(with("public String name() { return null; }"), "com.example.Bad has no name"),
        bad(with("public String name() { return \" \"; }"), "com.example.Bad has no name"),
        bad(
            with("final Object helper = new Helper();")
                .source("com.example.Helper", "class Helper {}")
                .without("com.example.Helper"),
            "com.example.Bad needs the class com.example.Helper, which is not there"),
        bad(
            with("").without("com.example.Base"),
            "com.example.Bad needs the class com.example.Base, which is not there"),
        bad(
            new PluginJar().verifier(BAD, "bad").classFileVersion(99),
            "com.example.Bad was compiled for Java 55, and this is Java "),
        bad(
            new PluginJar().service("com.example.Missing"),
            "com.example.Missing is named in META-INF/services/dev.dualprocess.spi.VerifierProvider,"
                + " but is not there"),
        bad(
            new PluginJar().verifier(BAD, "bad").service("no class at all"),
            "'no class at all' in META-INF/services/dev.dualprocess.spi.VerifierProvider is no"
                + " class"),
        bad(declared("public class Bad {}"), "com.example.Bad is no VerifierProvider"),
        bad(
            with("public Bad(String name) {}"),
            "com.example.Bad has no public constructor without arguments"),
        bad(
            declared("class Bad extends Base {}").provider("com.example.Base", "bad"),
            "com.example.Bad is not public"));
  }

  @ParameterizedTest
  @MethodSource("brokenPlugIns")
  void aBrokenOneIsNamedAndLeftOut(PluginJar jar, String sentence) throws IOException {
    Path broken = jar.write(folder.resolve("broken.jar"));
    new PluginJar().verifier("com.example.Good", "good").write(folder.resolve("good.jar"));
    try (PluginClassLoader loader = loader(folder)) {
      assertEquals(Set.of("good"), Providers.verifiers(loader).names());
      assertEquals(Set.of("good"), Providers.verifiers(loader).names(), "told once");
      assertEquals(1, told.size(), told.toString());
      assertTrue(told.get(0).startsWith("plug-in " + broken + ": " + sentence), () -> told.get(0));
      assertTrue(told.get(0).endsWith("; left out"), () -> told.get(0));
      assertEquals(told.get(0), loader.leftOut().get(0).toString());
    }
  }

  @Test
  void aBrokenJarIsNamedAndLeftOut() throws IOException {
    Path broken = Files.writeString(folder.resolve("broken.jar"), "no jar");
    new PluginJar().verifier("com.example.Good", "good").write(folder.resolve("good.jar"));
    try (PluginClassLoader loader = loader(folder)) {
      assertEquals(Set.of("good"), Providers.verifiers(loader).names());
      assertEquals(
          List.of(
              "plug-in %s: it is no jar that can be read (zip END header not found); left out"
                  .formatted(broken)),
          told);
    }
  }

  @Test
  void oneThatThrowsWhenItSeesAFolderIsLeftOutOfWhoReadsIt() throws IOException {
    Path jar =
        with("public boolean supports(Path folder) { throw new IllegalStateException(\"no\"); }")
            .write(folder.resolve("bad.jar"));
    try (PluginClassLoader loader = loader(jar)) {
      Providers<Verifier> verifiers = Providers.verifiers(loader);
      assertRefused(IOException.class, () -> verifiers.reading(folder), "not a model directory");
      assertEquals(
          List.of(
              "plug-in %s: com.example.Bad cannot tell which folders it reads:".formatted(jar)
                  + " IllegalStateException: no; left out"),
          told);
    }
  }

  @Test
  void twoOfOneNameAreToldWithTheirJarsAndOthersWork() throws IOException {
    Path one = new PluginJar().verifier("a.One", "same").write(folder.resolve("one.jar"));
    Path two = new PluginJar().verifier("a.Two", "same").write(folder.resolve("two.jar"));
    new PluginJar().verifier("a.Three", "other").write(folder.resolve("three.jar"));
    try (PluginClassLoader loader = loader(folder)) {
      assertEquals("other", ModelSource.verifier("other", loader).provider().name());
      assertRefused(
          IllegalStateException.class,
          () -> ModelSource.verifier("same", loader),
          "two verifier providers are named 'same'",
          "a.One in " + one,
          "a.Two in " + two);
    }
  }

  @Test
  void whatComesFirstHidesWhatComesLater() throws IOException {
    Path first = new PluginJar().verifier("a.Same", "newer").write(folder.resolve("newer.jar"));
    Path second = new PluginJar().verifier("a.Same", "older").write(folder.resolve("older.jar"));
    try (PluginClassLoader loader = loader(first, second)) {
      assertEquals(Set.of("newer"), Providers.verifiers(loader).names());
      assertEquals(
          List.of(
              "plug-in %s: a.Same is hidden by the one in %s; left out".formatted(second, first)),
          told);
    }
  }

  @Test
  void theThreadsClassLoaderIsAskedIfItSeesThisLibrary() throws IOException {
    Path jar = new PluginJar().verifier("a.One", "one").write(folder.resolve("one.jar"));
    Thread thread = Thread.currentThread();
    try (PluginClassLoader loader = loader(jar)) {
      thread.setContextClassLoader(loader);
      assertEquals(Set.of("one"), Providers.verifiers().names());
      thread.setContextClassLoader(ClassLoader.getPlatformClassLoader());
      assertEquals(Set.of(), Providers.verifiers().names());
      thread.setContextClassLoader(null);
      assertEquals(Set.of(), Providers.verifiers().names());
    }
  }

  @Test
  void aPathThatIsNotThereIsNamed() {
    Path missing = folder.resolve("missing.jar");
    assertRefused(IOException.class, () -> loader(missing), missing, "no such jar or folder");
  }

  @Test
  void classesThatDoNotFitAreToldWithTheirJar() throws IOException {
    Path jar =
        with("public Verifier open(Optional<Path> folder, Placement p) { return Helper.open(); }")
            .source(
                "com.example.Helper", "class Helper { static Verifier open() { return null; } }")
            .without("com.example.Helper")
            .write(folder.resolve("bad.jar"));
    try (PluginClassLoader loader = loader(jar)) {
      ModelSource<Verifier> source = ModelSource.verifier("bad", loader);
      LinkageError thrown = assertThrows(LinkageError.class, () -> source.open(Placement.CPU));
      assertEquals(
          "plug-in %s: com.example.Bad needs the class com.example.Helper, which is not there"
              .formatted(jar),
          loader.explain(thrown).orElseThrow());
      String older = "Receiver class com.example.Bad does not define or inherit what it should";
      assertEquals(
          "plug-in %s: com.example.Bad does not fit this program: AbstractMethodError: %s"
              .formatted(jar, older),
          loader.explain(new AbstractMethodError(older)).orElseThrow());
      assertTrue(loader.explain(new NoClassDefFoundError("org/Other")).isEmpty());
    }
  }
}
