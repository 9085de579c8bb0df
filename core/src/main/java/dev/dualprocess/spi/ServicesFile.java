package dev.dualprocess.spi;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.lang.reflect.Modifier;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One {@code META-INF/services} file. {@link java.util.ServiceLoader} says neither in which jar a
 * file stands that it stumbled over, nor which of its classes a missing one belongs to.
 */
record ServicesFile(ClassLoader loader, Class<?> kind, URL file) {
  private static final Pattern CLASS =
      Pattern.compile("\\p{javaJavaIdentifierStart}[\\p{javaJavaIdentifierPart}.]*");

  /** The name of the files of one kind. */
  static String name(Class<?> kind) {
    return "META-INF/services/" + kind.getName();
  }

  /** Those that a class loader sees. */
  static List<ServicesFile> all(ClassLoader loader, Class<?> kind) {
    try {
      return Collections.list(loader.getResources(name(kind))).stream()
          .map(file -> new ServicesFile(loader, kind, file))
          .toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  /**
   * Tells why classes that the file names were not loaded.
   *
   * @param loaded those that were, by name, and where they come from
   */
  void explain(Map<String, Origin> loaded) {
    try {
      List<String> lines = lines();
      Optional<String> wrong = lines.stream().filter(l -> !CLASS.matcher(l).matches()).findFirst();
      if (wrong.isPresent()) {
        leaveOut("'%s' in %s".formatted(wrong.get(), name(kind)), "is no class", null);
        return;
      }
      for (String line : lines) {
        Origin from = loaded.get(line);
        if (from == null) {
          explain(line);
        } else if (loader instanceof PluginClassLoader && !from.equals(origin())) {
          leaveOut(line, "is hidden by the one in " + from, null);
        }
      }
    } catch (IOException e) {
      leaveOut(name(kind), Failure.told("cannot be read", e), e);
    }
  }

  private List<String> lines() throws IOException {
    URLConnection connection = file.openConnection();
    connection.setUseCaches(false); // a jar that was kept open could not be replaced
    List<String> lines = new ArrayList<>();
    try (Reader in = new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8);
        BufferedReader reader = new BufferedReader(in)) {
      reader.lines().map(line -> line.replaceFirst("#.*", "").strip()).forEach(lines::add);
    }
    lines.removeIf(String::isEmpty);
    return lines;
  }

  private void explain(String type) {
    try {
      Class<?> there = Class.forName(type, false, loader);
      if (!kind.isAssignableFrom(there)) {
        leaveOut(type, "is no " + kind.getSimpleName(), null);
      } else if (!there.getModule().isNamed()) {
        leaveOut(type, lacks(there), null);
      }
    } catch (ClassNotFoundException e) {
      leaveOut(type, "is named in %s, but is not there".formatted(name(kind)), e);
    } catch (LinkageError e) {
      leaveOut(type, Failure.told("cannot be loaded", e), e);
    }
  }

  private static String lacks(Class<?> type) {
    return Modifier.isPublic(type.getModifiers())
        ? "has no public constructor without arguments"
        : "is not public";
  }

  private Origin origin() {
    return Origin.of(file, name(kind));
  }

  private void leaveOut(String what, String why, @Nullable Throwable thrown) {
    PluginClassLoader.tell(loader, new LeftOut(origin(), what, why, Optional.ofNullable(thrown)));
  }
}
