package dev.dualprocess.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** A real jar with a plug-in, compiled from source when a test needs it. */
public final class PluginJar {
  private static final String VERIFIERS = "META-INF/services/dev.dualprocess.spi.VerifierProvider";
  private static final int MAJOR_VERSION_LOW_BYTE = 7; // of a class file

  private final Map<String, String> sources = new LinkedHashMap<>();
  private final List<String> services = new ArrayList<>();
  private final List<String> removed = new ArrayList<>();
  private int classFileVersion;

  /** A class of that name, declared so. */
  public PluginJar source(String type, String declaration) {
    int dot = type.lastIndexOf('.');
    sources.put(
        type,
        """
        package %s;
        import dev.dualprocess.*;
        import dev.dualprocess.spi.*;
        import dev.dualprocess.tensor.Placement;
        import java.nio.file.Path;
        import java.util.*;
        %s
        """
            .formatted(type.substring(0, dot), declaration));
    return this;
  }

  /** A verifier that always says the same, named in the services file. */
  public PluginJar verifier(String type, String name) {
    return service(type).provider(type, name);
  }

  /** As much, and in no services file. */
  public PluginJar provider(String type, String name) {
    return source(
        type,
        """
        public class %s implements VerifierProvider {
          public String name() { return "%s"; }
          public boolean supports(Path folder) { return false; }
          public Verifier open(Optional<Path> folder, Placement placement) {
            return new PixelVerifier(name(), (pixels, height, width, question, gradient) -> {
              Arrays.fill(gradient, 1f / gradient.length);
              return 1;
            });
          }
        }
        """
            .formatted(type.substring(type.lastIndexOf('.') + 1), name));
  }

  /** A line in the services file of verifiers. */
  public PluginJar service(String line) {
    services.add(line);
    return this;
  }

  /** Leaves a class out of the jar that others were compiled with. */
  public PluginJar without(String type) {
    removed.add(type);
    return this;
  }

  /** Writes another version into all class files. */
  public PluginJar classFileVersion(int version) {
    classFileVersion = version;
    return this;
  }

  /** The jar, written. */
  public Path write(Path jar) throws IOException {
    Map<String, byte[]> entries = entries();
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream to = new JarOutputStream(out)) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        to.putNextEntry(new JarEntry(entry.getKey()));
        to.write(entry.getValue());
      }
    }
    return jar;
  }

  /** The same as a folder of classes. */
  public Path unpacked(Path folder) throws IOException {
    for (Map.Entry<String, byte[]> entry : entries().entrySet()) {
      Path file = folder.resolve(entry.getKey());
      Files.createDirectories(file.getParent());
      Files.write(file, entry.getValue());
    }
    return folder;
  }

  private Map<String, byte[]> entries() throws IOException {
    Map<String, byte[]> entries = new TreeMap<>(compiled());
    removed.forEach(type -> entries.remove(type.replace('.', '/') + ".class"));
    if (!services.isEmpty()) {
      entries.put(VERIFIERS, String.join("\n", services).getBytes(StandardCharsets.UTF_8));
    }
    return entries;
  }

  private Map<String, byte[]> compiled() throws IOException {
    Map<String, byte[]> classes = new TreeMap<>();
    if (sources.isEmpty()) {
      return classes;
    }
    Path out = Files.createTempDirectory("plug-in");
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter said = new StringWriter();
    List<String> options =
        List.of("-d", out.toString(), "-cp", System.getProperty("java.class.path"), "-proc:none");
    List<Source> units =
        sources.entrySet().stream().map(e -> new Source(e.getKey(), e.getValue())).toList();
    boolean done = compiler.getTask(said, null, null, options, null, units).call();
    assertEquals(true, done, said.toString());
    try (Stream<Path> files = Files.walk(out)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        classes.put(out.relativize(file).toString().replace('\\', '/'), bytes(file));
      }
    }
    return classes;
  }

  private byte[] bytes(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    if (classFileVersion > 0) {
      bytes[MAJOR_VERSION_LOW_BYTE] = (byte) classFileVersion;
    }
    return bytes;
  }

  private static final class Source extends SimpleJavaFileObject {
    private final String text;

    Source(String type, String text) {
      super(URI.create("string:///" + type.replace('.', '/') + ".java"), Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }
}
